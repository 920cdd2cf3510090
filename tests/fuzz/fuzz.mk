# SPDX-License-Identifier: GPL-2.0-or-later
# Fuzzers of what reads foreign bytes, guided by coverage (clang's libFuzzer):
#   make fuzzers      builds them
#   make fuzz-short   runs each for FUZZ_SECONDS
#   make fuzz-long    runs each for FUZZ_LONG seconds, FUZZ_JOBS at a time, and writes docs/reliability.md
# Each begins with the files in tests/fuzz/corpus/NAME.

.PHONY: fuzzers fuzz-short fuzz-long clang-objects
FUZZ := $(BUILD)/fuzz
# What one processor's code alone has is in a folder of its name.
FUZZERS := $(patsubst tests/fuzz/%.c,$(FUZZ)/%,$(filter-out $(patsubst %,tests/fuzz/fuzz_%_code.c,$(filter-out $(ARCH),$(PROCESSORS))),\
	$(wildcard tests/fuzz/fuzz_*.c)))
FUZZ_SECONDS ?= 4
FUZZ_LONG ?= 600
FUZZ_JOBS ?= $(shell nproc)
FUZZ_CC = $(filter ccache,$(CC)) $(CLANG)
# Not each check of undefined behaviour: null, alignment and object sizes double the time to compile, and the unit
# tests have them.
FUZZ_FLAGS := -O1 -gline-tables-only -fno-omit-frame-pointer \
	-fsanitize=address,bounds,shift,signed-integer-overflow,integer-divide-by-zero,bool,enum,return,unreachable,vla-bound \
	-fno-sanitize-recover=all
# All but the commands and the kernel side, which need a kernel.
FUZZ_OBJECTS := $(patsubst %.c,$(FUZZ)/%.o,$(filter-out src/main.c src/cli/% src/probes/%,$(SOURCES)) \
	src/cli/screen_settings.c)

fuzzers: $(FUZZERS)
# Warnings of clang are those of the whole program.
clang-objects: $(SOURCES:%.c=$(FUZZ)/%.o)

$(FUZZ)/%.o: %.c | $(GENERATED) $(BUILD)/.tools
	@mkdir -p $(@D)
	$(call Q,CC) $(FUZZ_CC) -std=gnu17 $(WARNINGS) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link $(CPPFLAGS) -MMD -MP -c -o $@ $<
$(FUZZ)/libthreadscope.a: $(FUZZ_OBJECTS)
	@rm -f $@ && $(AR) rcs $@ $^
$(FUZZ)/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ)/libthreadscope.a $(wildcard tests/fuzz/*.h tests/unit/*.h tests/go/*.h)
	$(call Q,LINK) $(FUZZ_CC) -std=gnu17 $(WARNINGS) $(FUZZ_FLAGS) -fsanitize=fuzzer $(CPPFLAGS) -Itests/unit -pthread -o $@ \
		$(filter-out %.h,$^) $(LDLIBS)

# A recording of a Python program for fuzz_python, to be made anew: python_record PID FILE
$(FUZZ)/python_record: tests/fuzz/python_record.c tests/fuzz/python_record.h $(FUZZ)/libthreadscope.a
	$(call Q,LINK) $(FUZZ_CC) -std=gnu17 $(WARNINGS) $(FUZZ_FLAGS) $(CPPFLAGS) -pthread -o $@ $(filter-out %.h,$^) $(LDLIBS)

fuzz-short: $(FUZZERS)
	python3 -B tests/fuzz/run.py --tap --seconds $(FUZZ_SECONDS) --jobs $(FUZZ_JOBS) $^
fuzz-long: $(FUZZERS)
	python3 -B tests/fuzz/run.py --seconds $(FUZZ_LONG) --jobs $(FUZZ_JOBS) --write $^

-include $(SOURCES:%.c=$(FUZZ)/%.d)
