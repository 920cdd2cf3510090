# SPDX-License-Identifier: GPL-2.0-or-later
# make              build/threadscope, its manual page and completions
# make deps         installs what is missing to build (Debian, Ubuntu, Fedora)
# make install      below prefix (/usr/local); DESTDIR as usual
# make static       build/threadscope-static, which needs no shared libraries
# make deb, rpm     a package of Debian or Fedora, in build/packages
# make dist         archives of the source and of static programs for x86_64 and arm64, in build/dist
# make dist-check   builds all of these twice, and compares
# make demo         a small faulty service with threadscope on it
# make check        all tests; check-static, check-unit, check-cli, check-live, check-kernels: a part of them
# make check-arm64  live tests of the program for arm64, in QEMU on two kernels
# make cases        programs in a known trouble, and what must be said of each
# make faults       what breaks when threadscope is killed or short of everything; writes docs/reliability.md
# make soak         memory and totals of long runs (SECONDS=3600); writes docs/reliability.md
# make field        healthy servers under load, which must stay silent
# make leaderboard  incidents beside gdb, jstack, Go's dump and bpftrace; writes docs/field.md
# make agreement    stacks beside gdb's
# make fuzz-screen  keys at random
# make fuzz-long    what parses foreign bytes, 10 minutes each; writes docs/reliability.md
# make bench        what it costs, beside other tools
# make workloads    the programs that the live tests watch
# make cross        compiles for arm64, without linking
# make docs         writes anew what docs/ has from the program's tables
# make picture      the picture of the screen in README.md, from a saved run; make cast: a real session
# make format       formats the code
# make clean        removes build/
# make help         this list

prefix  ?= /usr/local
DESTDIR ?=
BUILD   ?= build
CC      ?= cc
CLANG   ?= clang
BPFTOOL ?= $(shell command -v bpftool || ls /usr/sbin/bpftool /usr/lib/linux-tools/*/bpftool 2>/dev/null | head -n 1)
MUSL_CC ?= $(shell command -v musl-gcc)
STRIP   ?= $(shell command -v llvm-strip || ls /usr/bin/llvm-strip-* /usr/lib/llvm-*/bin/llvm-strip 2>/dev/null | head -n 1)
PKG_CONFIG ?= pkg-config

ARCH := $(shell uname -m | sed 's/x86_64/x86/; s/aarch64/arm64/')
# Where Debian keeps asm/types.h; by compiler, clang's answer is another one from 19 on.
MULTIARCH := $(patsubst /usr/include/%/asm,%,$(firstword \
	$(wildcard $(patsubst %,/usr/include/%/asm,$(shell $(CC) -print-multiarch 2>/dev/null) $(shell uname -m)-linux-gnu))))

LIBRARIES := libbpf libelf libdw zlib liblzma jansson libcap-ng libseccomp ncursesw
CFLAGS   ?= -O2 -g
WARNINGS := -Wall -Wextra -Wtype-limits -Wshadow -Werror
CPPFLAGS += -D_GNU_SOURCE -I. -Isrc -I$(BUILD)/gen $(shell $(PKG_CONFIG) --cflags $(LIBRARIES) 2>/dev/null) \
	$(LAST_INCLUDE:%=-idirafter %)
LDLIBS   += $(shell $(PKG_CONFIG) --libs $(LIBRARIES) 2>/dev/null) -liberty -ldl -lpthread
# What is built is the same wherever it is built.
NO_PATHS := -ffile-prefix-map=$(CURDIR)=.
ALL_CFLAGS = -std=gnu17 $(WARNINGS) $(CFLAGS) $(NO_PATHS)

# What is one processor's alone is a folder or a file of its name: only those of ARCH are compiled.
PROCESSORS := x86 arm64
SOURCES := $(filter-out $(foreach p,$(filter-out $(ARCH),$(PROCESSORS)),src/unwind/$p/% src/%/arch_$p.c \
	$(wildcard src/*/$p_*.c src/*/*/$p_*.c)),\
	$(wildcard src/*.c src/*/*.c src/*/*/*.c))
OBJECTS := $(SOURCES:%.c=$(BUILD)/%.o)
SKELETON := $(BUILD)/gen/threadscope.skel.h $(BUILD)/gen/threadscope_old.skel.h $(BUILD)/gen/snapshot.lskel.h \
	$(BUILD)/gen/snapshot_sockets.lskel.h $(BUILD)/gen/snapshot_causes.lskel.h $(BUILD)/gen/device_writers.skel.h
GENERATED := $(SKELETON) $(BUILD)/gen/calls.inc $(BUILD)/gen/go_tables.inc $(BUILD)/gen/python_tables.inc $(BUILD)/gen/flamegraph.inc \
	$(BUILD)/gen/json_rows.inc $(BUILD)/gen/schema_rows.inc
BPF_SOURCES := $(wildcard bpf/*.c bpf/*.h bpf/*/*.h vmlinux/*.h)

WORKLOADS := $(patsubst tests/workloads/%.c,$(BUILD)/tests/%,$(wildcard tests/workloads/*.c)) \
	$(BUILD)/tests/demo-service $(if $(MUSL_CC),$(BUILD)/tests/waits-musl $(BUILD)/tests/many_threads-musl-shared)
ifneq ($(shell command -v $(CXX)),)
WORKLOADS += $(patsubst tests/workloads/%.cpp,$(BUILD)/tests/%,$(wildcard tests/workloads/*.cpp))
endif
# Go programs, where there is a Go compiler: stripped as release builds are.
GO ?= go
ifneq ($(shell command -v $(GO)),)
WORKLOADS += $(patsubst tests/workloads/go/%.go,$(BUILD)/tests/go_%,$(filter-out %/workload.go,$(wildcard tests/workloads/go/*.go)))
endif
# Parts of threadscope alone.
PARTS := $(patsubst tests/go/%.c,$(BUILD)/tests/goroutines_%,$(wildcard tests/go/*.c)) $(BUILD)/tests/feed_follow

SHELL := bash

# `make V=1` shows each command whole.
V ?= 0
ifeq ($(V),0)
Q = @printf '  %-4s %s\n' $(1) $@;
endif

# Made by a pattern rule, but to be kept: clang-tidy and the editor want them.
.SECONDARY: $(SKELETON) $(BUILD)/gen/json_rows.inc $(BUILD)/gen/schema_rows.inc
.PHONY: all cross objects deps unit check check-unit check-cli check-live check-kernels check-static check-arm64 demo bench \
	fuzz-screen agreement cases faults soak field leaderboard install clean format workloads targets docs picture cast help
COMPLETIONS := $(patsubst completions/%.in,$(BUILD)/completions/%,$(wildcard completions/*.in))
all: $(BUILD)/threadscope $(BUILD)/threadscope.8 $(COMPLETIONS)

# Without the libraries nothing below can work: say what to do.
$(BUILD)/.tools:
	@$(PKG_CONFIG) --exists $(LIBRARIES) && command -v $(CLANG) >/dev/null && test -n "$(BPFTOOL)" || \
		{ echo "threadscope: libraries or tools to build with are missing; 'make deps' installs them" >&2; exit 1; }
	@mkdir -p $(@D) && touch $@

$(BUILD)/threadscope: $(OBJECTS)
	$(call Q,LINK) $(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/src/%.o: src/%.c | $(GENERATED) $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -MMD -MP -c -o $@ $<

# For arm64, compiled only: the libraries' headers are the same for all processors, so this system's serve. They
# stand behind those of the C library for arm64.
CROSS ?= aarch64-linux-gnu-
cross:
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/arm64 ARCH=arm64 objects LAST_INCLUDE=/usr/include \
		CC='$(filter ccache,$(CC)) $(CROSS)gcc'
objects: $(OBJECTS)

BPF_FLAGS = -g -O2 -target bpf -mcpu=v3 -D__TARGET_ARCH_$(ARCH) -Wall -Werror -Ibpf -Ivmlinux $(NO_PATHS) \
	$(if $(MULTIARCH),-idirafter /usr/include/$(MULTIARCH))
# Twice: kernels before 5.12 refuse programs with atomic exchange.
$(BUILD)/gen/threadscope.bpf.o: $(BPF_SOURCES) | $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,BPF) $(CLANG) $(BPF_FLAGS) -c bpf/threadscope.bpf.c -o $@ $(if $(STRIP),&& $(STRIP) -g $@)
$(BUILD)/gen/threadscope_old.bpf.o: $(BPF_SOURCES) | $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,BPF) $(CLANG) $(BPF_FLAGS) -DTS_WITHOUT_ATOMICS -c bpf/threadscope.bpf.c -o $@ $(if $(STRIP),&& $(STRIP) -g $@)

$(BUILD)/gen/snapshot.bpf.o $(BUILD)/gen/snapshot_sockets.bpf.o $(BUILD)/gen/snapshot_causes.bpf.o \
		$(BUILD)/gen/device_writers.bpf.o: $(BUILD)/gen/%.bpf.o: bpf/%.bpf.c $(BPF_SOURCES) | $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,BPF) $(CLANG) $(BPF_FLAGS) -c $< -o $@ $(if $(STRIP),&& $(STRIP) -g $@)

$(BUILD)/gen/%.lskel.h: $(BUILD)/gen/%.bpf.o
	@$(BPFTOOL) gen skeleton -L $< name $*_bpf > $@.new && mv $@.new $@
$(BUILD)/gen/%.skel.h: $(BUILD)/gen/%.bpf.o
	@$(BPFTOOL) gen skeleton $< name $*_bpf > $@.new && mv $@.new $@

# Names of system calls, with their numbers.
$(BUILD)/gen/calls.inc: scripts/calls-table.sh data/calls.tsv
	@mkdir -p $(@D)
	@sh scripts/calls-table.sh > $@.new && mv $@.new $@

# What is known of each Go version's runtime.
$(BUILD)/gen/go_tables.inc: scripts/go-tables.sh $(wildcard data/go/*.tsv)
	@mkdir -p $(@D)
	@sh scripts/go-tables.sh > $@.new && mv $@.new $@

# What is known of each Python version's structures.
$(BUILD)/gen/python_tables.inc: scripts/python-tables.sh $(wildcard data/python/*.tsv)
	@mkdir -p $(@D)
	@sh scripts/python-tables.sh > $@.new && mv $@.new $@

# What is made of the table of rows: JSON, and what is known of its fields.
$(BUILD)/gen/%_rows.inc: scripts/rows.sh $(wildcard src/report/rows/*.def)
	@mkdir -p $(@D)
	@sh scripts/rows.sh $* > $@.new && mv $@.new $@

# A page as a text of C.
$(BUILD)/gen/flamegraph.inc: src/views/export/flamegraph.html
	@mkdir -p $(@D)
	@sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/"/' -e 's/$$/\\n"/' $< > $@.new && mv $@.new $@

$(BUILD)/threadscope.8: $(BUILD)/threadscope docs/threadscope.8.in
	@sed -e '/^@TABLES@$$/{r /dev/stdin' -e 'd;}' docs/threadscope.8.in < <($(BUILD)/threadscope --man-tables) > $@.new && mv $@.new $@

$(BUILD)/completions/threadscope.%: completions/threadscope.%.in $(BUILD)/threadscope
	@mkdir -p $(@D)
	@sed -e '/^@TABLES@$$/{r /dev/stdin' -e 'd;}' $< < <($(BUILD)/threadscope --completion-tables $*) > $@.new && mv $@.new $@

# A call at the end of a function leaves no frame of the one that called: the tests ask for all of them.
PLAIN_CALLS := -fno-optimize-sibling-calls
workloads: targets $(PARTS)
targets: $(WORKLOADS)
$(BUILD)/tests/%: tests/workloads/%.c $(wildcard tests/workloads/*.h)
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) -std=gnu17 -O2 -g $(PLAIN_CALLS) -Wall -Wextra -Werror -pthread -o $@ $<
# As programs are shipped: optimized, without frame pointers.
$(BUILD)/tests/%: tests/workloads/%.cpp
	@mkdir -p $(@D)
	$(call Q,CXX) $(CXX) -std=c++17 -O2 -g -fomit-frame-pointer -Wall -Wextra -Werror -pthread -o $@ $<
# The same with another C library, statically linked; it has no kernel headers of its own.
$(BUILD)/tests/%-musl: tests/workloads/%.c $(wildcard tests/workloads/*.h)
	@mkdir -p $(@D)
	$(call Q,MUSL) $(MUSL_CC) -static -std=gnu17 -O2 -g $(PLAIN_CALLS) -Wall -Wextra -Werror -pthread -idirafter /usr/include \
		$(if $(MULTIARCH),-idirafter /usr/include/$(MULTIARCH)) -o $@ $<
$(BUILD)/tests/%-musl-shared: tests/workloads/%.c $(wildcard tests/workloads/*.h)
	@mkdir -p $(@D)
	$(call Q,MUSL) $(MUSL_CC) -std=gnu17 -O2 -g $(PLAIN_CALLS) -Wall -Wextra -Werror -pthread -idirafter /usr/include \
		$(if $(MULTIARCH),-idirafter /usr/include/$(MULTIARCH)) -o $@ $<
$(BUILD)/tests/go_%: tests/workloads/go/%.go tests/workloads/go/workload.go
	@mkdir -p $(@D)
	$(call Q,GO) GO111MODULE=off GOFLAGS= CGO_ENABLED=0 $(GO) build -ldflags '-s -w' -o $@ $^
$(BUILD)/tests/demo-service: demo/demo-service.c
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) -std=gnu17 -O2 -g -Wall -Wextra -Werror -pthread -o $@ $<

# What benchmarks compare with: the least that BPF programs can cost.
FLOORS := $(patsubst tests/bench/%.c,$(BUILD)/tests/%.o,$(wildcard tests/bench/*.bpf.c))
$(BUILD)/tests/attach: tests/bench/attach.c $(FLOORS)
	$(call Q,CC) $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -o $@ $< $(LDLIBS)
$(FLOORS): $(BUILD)/tests/%.bpf.o: tests/bench/%.bpf.c
	@mkdir -p $(@D)
	$(call Q,BPF) $(CLANG) $(BPF_FLAGS) -c $< -o $@

# The reader of goroutines alone: in Go's own format, and under torture.
$(BUILD)/tests/goroutines_%: tests/go/%.c $(filter $(BUILD)/src/go/runtime/% $(BUILD)/src/unwind/% $(BUILD)/src/symbols/% $(BUILD)/src/target/% $(BUILD)/src/facts/%.o $(BUILD)/src/util/%,$(filter-out $(BUILD)/src/facts/saved/%,$(OBJECTS)))
	@mkdir -p $(@D)
	$(call Q,LINK) $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -o $@ $^ $(LDLIBS)

# The collector and the feed of a screen, without the screen; main of src/main.c has another name in it.
$(BUILD)/tests/feed_follow: tests/feed/feed_follow.c $(OBJECTS)
	@mkdir -p $(@D) && objcopy --redefine-sym main=threadscope_main $(BUILD)/src/main.o $@.main.o
	$(call Q,LINK) $(CC) $(ALL_CFLAGS) $(CPPFLAGS) -o $@ $(filter-out $(BUILD)/src/main.o,$^) $@.main.o $(LDLIBS)

# ---- unit tests, with sanitizers ----------------------------------
SANITIZE := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/asan/%,$(wildcard tests/unit/test_*.c))
# All but the commands and the kernel side, which need a kernel.
ASAN_OBJECTS := $(patsubst %.c,$(BUILD)/asan/%.o,$(filter-out src/main.c src/cli/% src/probes/%,$(SOURCES)) \
	src/probes/glob.c src/probes/uring_forms.c)

unit: $(UNITS)
$(BUILD)/asan/libthreadscope.a: $(ASAN_OBJECTS)
	@rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/asan/%.o: %.c | $(GENERATED) $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) -std=gnu17 $(WARNINGS) $(SANITIZE) $(CPPFLAGS) -MMD -MP -c -o $@ $<
$(BUILD)/asan/test_%: tests/unit/test_%.c $(BUILD)/asan/libthreadscope.a $(wildcard tests/unit/*.h)
	$(call Q,LINK) $(CC) -std=gnu17 $(WARNINGS) $(SANITIZE) $(CPPFLAGS) -Itests/unit -pthread -o $@ $(filter-out %.h,$^) $(LDLIBS)
# The whole program with sanitizers, for the fuzzer of keys. What it keeps of the past is little, so that it is full,
# and the oldest goes, from the first seconds on: from then on memory may not grow.
SMALL_STORES := -DFEED_BYTES='(1u << 20)' -DHISTORY_BYTES='(128u << 10)' -DHISTORY_MOMENTS=30 \
	-DHISTORY_OPEN_BYTES='(3u << 20)' -DFEED_PAST_BYTES='(512u << 10)'
ASAN_PROGRAM := $(patsubst %.c,$(BUILD)/asan/%.o,$(filter-out src/feed/%,$(SOURCES))) \
	$(patsubst %.c,$(BUILD)/asan/small/%.o,$(filter src/feed/%,$(SOURCES)))
$(BUILD)/asan/threadscope: $(ASAN_PROGRAM) tests/fuzz/heap_size.c
	$(call Q,LINK) $(CC) -std=gnu17 $(WARNINGS) $(SANITIZE) $(CPPFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/asan/small/%.o: %.c | $(GENERATED) $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,CC) $(CC) -std=gnu17 $(WARNINGS) $(SANITIZE) $(CPPFLAGS) $(SMALL_STORES) -MMD -MP -c -o $@ $<
PROGRAM ?= $(BUILD)/threadscope
install: all
	install -d $(DESTDIR)$(prefix)/sbin $(DESTDIR)$(prefix)/share/man/man8
	install -m 755 $(PROGRAM) $(DESTDIR)$(prefix)/sbin/threadscope
	install -m 644 $(BUILD)/threadscope.8 $(DESTDIR)$(prefix)/share/man/man8/threadscope.8
	install -D -m 644 $(BUILD)/completions/threadscope.bash $(DESTDIR)$(prefix)/share/bash-completion/completions/threadscope
	install -D -m 644 $(BUILD)/completions/threadscope.zsh $(DESTDIR)$(prefix)/share/zsh/site-functions/_threadscope
	install -D -m 644 $(BUILD)/completions/threadscope.fish $(DESTDIR)$(prefix)/share/fish/vendor_completions.d/threadscope.fish

deps:
	sh scripts/deps.sh build

demo:
	sh scripts/demo.sh

check:
	bash scripts/check.sh

check-unit: ; bash scripts/check.sh unit
check-cli: ; bash scripts/check.sh cli
check-live: ; bash scripts/check.sh live
check-kernels: ; bash scripts/check.sh kernels
check-static: ; bash scripts/check.sh static

# Not a part of check: an emulated processor takes long. ARM64_TESTS='-- tests/live/waits.bats': these alone.
# Its workloads sign return addresses, as several distributions' programs do.
check-arm64:
	$(if $(NO_DEPS),,@sh scripts/deps.sh arm64)
	@$(MAKE) --no-print-directory cross-static
	@GOARCH=arm64 $(MAKE) --no-print-directory BUILD=$(BUILD)/arm64 ARCH=arm64 MUSL_CC= targets \
		CC='$(filter ccache,$(CC)) $(CROSS)gcc -mbranch-protection=standard' \
		CXX='$(filter ccache,$(CC)) $(CROSS)g++ -mbranch-protection=standard'
	bash tests/kernels/run.sh --arch arm64 $(ARM64_TESTS)

# Keys at random: `make fuzz-screen REFRESHES=1000`. With sanitizers, whose heap may not grow, and without, where the
# resident memory is the program's own.
REFRESHES ?= 30000
fuzz-screen: $(BUILD)/asan/threadscope $(BUILD)/tests/thread_churn
	python3 -B tests/fuzz/screen_keys.py --refreshes $(REFRESHES) $^
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/small CFLAGS="$(CFLAGS) $(SMALL_STORES)" $(BUILD)/small/threadscope
	python3 -B tests/fuzz/screen_keys.py --refreshes $(REFRESHES) $(BUILD)/small/threadscope $(BUILD)/tests/thread_churn

bench: all workloads $(BUILD)/tests/attach
	bash tests/bench/run.sh
	bash tests/bench/snapshot.sh
	bash tests/bench/goroutines.sh
	python3 -B tests/bench/keys.py

# Programs in trouble, and what must be said of each.
cases: all
	python3 -B tests/cases/run.py

# threadscope killed, short of everything, and on targets that end, execute and fork; writes docs/reliability.md.
FAULTS ?= --write
faults: all workloads
	python3 -B tests/faults/run.py $(FAULTS)

# Long runs beside a busy server and threads that come and go; the same page.
SECONDS ?= 3600
soak: all workloads
	python3 -B tests/faults/soak.py --seconds $(SECONDS) --write

# Healthy servers under load: `make field FIELD_SECONDS=300 SERVERS='redis nginx'`
FIELD_SECONDS ?= 60
field: all
	sh scripts/deps.sh field
	bash tests/field/run.sh $(FIELD_SECONDS) $(SERVERS)

# Incidents beside gdb, jstack, Go's dump and bpftrace; writes the table in docs/field.md.
leaderboard: all
	python3 -B tests/field/leaderboard.py --write

# Stacks beside gdb's, on eight programs of the distribution.
agreement: all
	sh scripts/deps.sh agreement
	python3 tests/agreement/run.py

docs: $(BUILD)/threadscope
	sh scripts/docs.sh $<

picture: $(BUILD)/threadscope
	sh scripts/picture.sh screen $<

cast: $(BUILD)/threadscope $(BUILD)/tests/demo-service
	sh scripts/picture.sh cast $^

format:
	clang-format -i $$(git ls-files '*.c' '*.h' | grep -v '^vmlinux/')

help:
	@sed -n 's/^# make/make/p' Makefile

clean:
	rm -rf $(BUILD)

include packaging/package.mk
include tests/fuzz/fuzz.mk

-include $(OBJECTS:.o=.d) $(patsubst %.c,$(BUILD)/asan/%.d,$(SOURCES)) $(ASAN_PROGRAM:.o=.d)
