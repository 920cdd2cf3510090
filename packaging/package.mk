# SPDX-License-Identifier: GPL-2.0-or-later
# A program without shared libraries (make static).

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
