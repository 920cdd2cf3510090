# SPDX-License-Identifier: GPL-2.0-or-later
# A program without shared libraries (make static), archives (make dist), packages (make deb, make rpm).

.PHONY: static
static: $(BUILD)/threadscope-static

# What differs from the program with shared libraries: libdebuginfod cannot be loaded, and where a function of
# libbpf is replaced, the linker has to be told.
STATIC_OWN := src/symbols/debuginfod.c src/probes/module_types.c src/cli/options.c
STATIC_OBJECTS := $(patsubst %.c,$(BUILD)/static/%.o,$(STATIC_OWN)) \
	$(filter-out $(STATIC_OWN:%.c=$(BUILD)/%.o),$(OBJECTS))
STATIC_LDFLAGS := -static-pie -Wl,--wrap=bpf_btf_get_next_id
STATIC_LDLIBS = $(shell $(PKG_CONFIG) --static --libs $(LIBRARIES)) -liberty -lpthread

$(BUILD)/static/%.o: %.c | $(GENERATED) $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) $(ALL_CFLAGS) -DTS_STATIC $(CPPFLAGS) -MMD -MP -c -o $@ $<

# The linker warns of getpwuid and initgroups, which need the system's shared libraries: only libcap-ng's
# capng_change_id calls them, which threadscope does not. Any other warning fails.
$(BUILD)/threadscope-static: $(STATIC_OBJECTS)
	$(call Q,LINK) $(CC) $(ALL_CFLAGS) $(LDFLAGS) $(STATIC_LDFLAGS) -o $@.new $^ $(STATIC_LDLIBS) 2>$@.log || \
		{ cat $@.log >&2; exit 1; }
	@! grep -vE "in function .capng_change_id'|'(initgroups|getpwuid)' in statically linked" $@.log >&2
	@mv $@.new $@

-include $(STATIC_OWN:%.c=$(BUILD)/static/%.d)

# ---- packages ----------------------------------------------------------------

.PHONY: deb deb-check rpm dist dist-check cross-static
deb: all
	@BUILD=$(BUILD) bash packaging/deb.sh

deb-check: all
	@BUILD=$(BUILD) bash packaging/deb-check.sh

# Where Debian's libraries are linked, other systems may have others: there the static program is packed.
RPM_PROGRAM ?= $(BUILD)/threadscope$(if $(shell command -v dnf),,-static)
rpm: all $(RPM_PROGRAM)
	@BUILD=$(BUILD) bash packaging/rpm.sh $(RPM_PROGRAM)

# For arm64 with Debian's libraries, which are fetched; where that does not work, for this processor alone.
ARM64_ROOT ?= $(BUILD)/arm64-root
ARM64_LIBRARIES = $(ARM64_ROOT)/usr/lib/aarch64-linux-gnu
cross-static:
	@bash packaging/arm64.sh $(ARM64_ROOT)
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/arm64 ARCH=arm64 static \
		LAST_INCLUDE='$(ARM64_ROOT)/usr/include $(ARM64_ROOT)/usr/include/aarch64-linux-gnu' \
		PKG_CONFIG='env PKG_CONFIG_LIBDIR=$(ARM64_LIBRARIES)/pkgconfig PKG_CONFIG_SYSROOT_DIR=$(ARM64_ROOT) pkg-config' \
		LDFLAGS='$(LDFLAGS) -L$(ARM64_LIBRARIES)' CC='$(filter ccache,$(CC)) $(CROSS)gcc'

dist: all static
	@programs=($$(uname -m):$(BUILD)/threadscope-static:strip); \
	if [ "$$(uname -m)" = aarch64 ]; then :; \
	elif $(MAKE) --no-print-directory cross-static; then \
		programs+=(aarch64:$(BUILD)/arm64/threadscope-static:$(CROSS)strip); \
	else \
		echo 'threadscope: no archive for arm64: see above' >&2; \
	fi; \
	BUILD=$(BUILD) bash packaging/dist.sh "$${programs[@]}"

dist-check:
	bash packaging/dist-check.sh
