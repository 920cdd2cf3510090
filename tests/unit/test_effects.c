/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What instructions do to the control flow, the stack pointer and registers, by hand. */
#include "instruction.h"
#include "unwind/x86/effects.h"
#include "unwind/x86/registers.h"

#define FLOW(code)                                 \
	({                                         \
		struct x86_insn i_ = DECODE(code); \
		x86_flow(&i_);                     \
	})

TEST(where_they_lead)
{
	static const char back[] = "\xc2\0\0\xc3\xca\0\0\xcb\xcc\xcf\xf4";

	for (size_t at = 0; at < sizeof(back) - 1;) {
		struct x86_insn i;

		CHECK(x86_decode((const uint8_t *)back + at, sizeof(back) - 1 - at, &i));
		CHECK_EQ(x86_flow(&i), X86_NOWHERE);
		at += i.length ? i.length : sizeof(back);
	}
	CHECK_EQ(FLOW("\x0f\x0b"), X86_NOWHERE);
	CHECK_EQ(FLOW("\x0f\x05"), X86_ONWARD);
	CHECK_EQ(FLOW("\xe8\0\0\0\0"), X86_CALL);
	CHECK_EQ(FLOW("\xe9\0\0\0\0"), X86_JUMP);
	CHECK_EQ(FLOW("\xeb\0"), X86_JUMP);
	for (unsigned reg = 0; reg < 7; reg++) {
		char code[] = {(char)0xff, (char)(0xc0 | reg << 3), 0};

		CHECK_EQ(FLOW(code), reg == 4 || reg == 5 ? X86_ANYWHERE : X86_ONWARD);
	}
	for (unsigned op = 0x6c; op <= 0x81; op++) {
		bool is_long = op >= 0x80;
		uint8_t code[8] = {(uint8_t)op};
		struct x86_insn i;

		CHECK(x86_decode(code, sizeof(code), &i));
		CHECK_EQ(x86_flow(&i), op >= 0x70 && !is_long ? X86_BRANCH : X86_ONWARD);
	}
	for (unsigned op = 0x7f; op <= 0x90; op++) {
		uint8_t code[8] = {0x0f, (uint8_t)op};
		struct x86_insn i;

		CHECK(x86_decode(code, sizeof(code), &i));
		CHECK_EQ(x86_flow(&i), op >= 0x80 && op <= 0x8f ? X86_BRANCH : X86_ONWARD);
	}
	for (unsigned op = 0xdf; op <= 0xe4; op++) { /* loop, loope, loopne, jrcxz */
		uint8_t code[8] = {(uint8_t)op};
		struct x86_insn i;

		CHECK(x86_decode(code, sizeof(code), &i));
		CHECK_EQ(x86_flow(&i), op >= 0xe0 && op <= 0xe3 ? X86_BRANCH : X86_ONWARD);
	}
	CHECK_EQ(FLOW("\xc5\xf8\x77"), X86_ONWARD);
}

#define WRITES_SP(code)                            \
	({                                         \
		struct x86_insn i_ = DECODE(code); \
		x86_writes_sp(&i_);                \
	})

TEST(what_changes_the_stack_pointer)
{
	CHECK(WRITES_SP("\x48\x01\xc4"));      /* add %rax,%rsp */
	CHECK(!WRITES_SP("\x48\x01\xe0"));     /* add %rsp,%rax */
	CHECK(!WRITES_SP("\x48\x01\x04\x24")); /* add %rax,(%rsp) */
	CHECK(WRITES_SP("\x48\x03\xe0"));      /* add %rax,%rsp */
	CHECK(!WRITES_SP("\x48\x03\xc4"));     /* add %rsp,%rax */
	CHECK(WRITES_SP("\x48\x03\x20"));      /* add (%rax),%rsp */
	CHECK(!WRITES_SP("\x48\x39\xc4"));     /* cmp %rax,%rsp */
	CHECK(!WRITES_SP("\x48\x3b\xe0"));     /* cmp %rax,%rsp */
	CHECK(WRITES_SP("\x48\x31\xc4"));      /* xor */
	CHECK(WRITES_SP("\x48\x63\xe0"));      /* movslq %eax,%rsp */
	CHECK(!WRITES_SP("\x48\x63\xc4"));
	CHECK(WRITES_SP("\x48\x69\xe0\0\0\0\0")); /* imul */
	CHECK(WRITES_SP("\x48\x6b\xe0\0"));
	CHECK(WRITES_SP("\x48\x8b\xe5")); /* mov %rbp,%rsp */
	CHECK(WRITES_SP("\x48\x8b\x20"));
	CHECK(!WRITES_SP("\x48\x8b\xc4"));
	CHECK(WRITES_SP("\x48\x8d\x65\xf8")); /* lea -8(%rbp),%rsp */
	CHECK(!WRITES_SP("\x48\x8d\x44\x24\x08"));
	CHECK(WRITES_SP("\x48\x83\xec\x10"));      /* sub $16,%rsp */
	CHECK(WRITES_SP("\x48\x81\xc4\0\1\0\0"));  /* add $256,%rsp */
	CHECK(WRITES_SP("\x48\x83\xe4\xf0"));      /* and $-16,%rsp */
	CHECK(!WRITES_SP("\x48\x83\xfc\x10"));     /* cmp $16,%rsp */
	CHECK(!WRITES_SP("\x48\x83\x2c\x24\x10")); /* subq $16,(%rsp) */
	CHECK(!WRITES_SP("\x48\x83\xeb\x10"));     /* sub $16,%rbx */
	CHECK(!WRITES_SP("\x49\x83\xec\x10"));     /* sub $16,%r12 */
	CHECK(WRITES_SP("\x48\x87\xe0"));          /* xchg */
	CHECK(WRITES_SP("\x48\x87\xc4"));
	CHECK(!WRITES_SP("\x48\x87\xc3"));
	CHECK(!WRITES_SP("\x48\x87\x04\x24"));
	CHECK(WRITES_SP("\x48\x89\xec")); /* mov %rbp,%rsp */
	CHECK(!WRITES_SP("\x48\x89\xe5"));
	CHECK(!WRITES_SP("\x48\x89\x04\x24"));
	CHECK(WRITES_SP("\x48\xc1\xe4\1")); /* shl */
	CHECK(WRITES_SP("\x48\xd1\xe4"));
	CHECK(WRITES_SP("\x48\xd3\xe4"));
	CHECK(WRITES_SP("\x48\xc7\xc4\0\0\0\0")); /* mov $0,%rsp */
	CHECK(WRITES_SP("\x48\xf7\xdc"));         /* neg */
	CHECK(!WRITES_SP("\x48\xf7\xdb"));
	CHECK(!WRITES_SP("\x48\x85\xe4"));    /* test %rsp,%rsp */
	CHECK(WRITES_SP("\x48\x0f\x44\xe0")); /* cmove %rax,%rsp */
	CHECK(WRITES_SP("\x48\x0f\x40\xe0"));
	CHECK(WRITES_SP("\x48\x0f\x4f\xe0"));
	CHECK(!WRITES_SP("\x48\x0f\x44\xc4"));
	CHECK(WRITES_SP("\x0f\xaf\xe0"));      /* imul */
	CHECK(!WRITES_SP("\xf3\x0f\x7e\xe0")); /* movq %xmm0,%xmm4 */
	CHECK(!WRITES_SP("\xf3\x0f\x7e\xc4")); /* movq %xmm4,%xmm0 */
	CHECK(!WRITES_SP("\x0f\x28\xe5"));     /* movaps %xmm5,%xmm4 */
	CHECK(!WRITES_SP("\xc5\xf8\x28\xe5")); /* vmovaps %xmm5,%xmm4 */
	CHECK(!WRITES_SP("\x0f\x38\x44\xe0"));
	CHECK(!WRITES_SP("\xc5\xf8\x77"));
	CHECK(!WRITES_SP("\x54")); /* push %rsp */
}

#define WRITES(code)                               \
	({                                         \
		struct x86_insn i_ = DECODE(code); \
		x86_writes(&i_);                   \
	})
#define A  X86_REG(X86_RAX)
#define B  X86_REG(X86_RBX)
#define C  X86_REG(X86_RCX)
#define D  X86_REG(X86_RDX)
#define SI X86_REG(X86_RSI)
#define DI X86_REG(X86_RDI)

TEST(registers_that_change)
{
	CHECK_EQ(WRITES("\x01\xc3"), B);            /* add %eax,%ebx */
	CHECK_EQ(WRITES("\x01\x03"), 0);            /* add %eax,(%rbx) */
	CHECK_EQ(WRITES("\x03\xc3"), A);            /* add %ebx,%eax */
	CHECK_EQ(WRITES("\x39\xc3"), 0);            /* cmp */
	CHECK_EQ(WRITES("\x00\xdc"), A);            /* add %bl,%ah */
	CHECK_EQ(WRITES("\x8a\x21"), A);            /* mov (%rcx),%ah */
	CHECK_EQ(WRITES("\x40\x0f\x94\xc6"), SI);   /* sete %sil */
	CHECK_EQ(WRITES("\x0f\x94\xc6"), D);        /* sete %dh */
	CHECK_EQ(WRITES("\x49\x89\xc4"), 1u << 12); /* mov %rax,%r12 */
	CHECK_EQ(WRITES("\x85\xc3"), 0);            /* test */
	CHECK_EQ(WRITES("\x87\xd3"), B | D);        /* xchg %edx,%ebx */
	CHECK_EQ(WRITES("\x93"), A | B);            /* xchg %eax,%ebx */
	CHECK_EQ(WRITES("\x49\x90"), A | 1u << 8);  /* xchg %rax,%r8 */
	CHECK_EQ(WRITES("\x90"), 0);
	CHECK_EQ(WRITES("\x5b"), B); /* pop */
	CHECK_EQ(WRITES("\x53"), 0); /* push */
	CHECK_EQ(WRITES("\xff\x33"), 0);
	CHECK_EQ(WRITES("\xff\xc3"), B);                /* inc */
	CHECK_EQ(WRITES("\xff\xd3"), 0);                /* call */
	CHECK_EQ(WRITES("\xf7\xc3\1\0\0\0"), 0);        /* test $1,%ebx */
	CHECK_EQ(WRITES("\xf7\xe3"), A | D);            /* mul */
	CHECK_EQ(WRITES("\xf7\xdb"), B);                /* neg */
	CHECK_EQ(WRITES("\x80\xfb\1"), 0);              /* cmp $1,%bl */
	CHECK_EQ(WRITES("\xc1\xe3\1"), B);              /* shl */
	CHECK_EQ(WRITES("\x99"), D);                    /* cdq */
	CHECK_EQ(WRITES("\xf3\xab") & ~A, C | DI | SI); /* rep stos */
	CHECK_EQ(WRITES("\x0f\xa2"), A | B | C | D);    /* cpuid */
	CHECK_EQ(WRITES("\x0f\x31"), A | D);            /* rdtsc */
	CHECK_EQ(WRITES("\x0f\x05"), A | C | 1u << 11); /* syscall */
	CHECK_EQ(WRITES("\xf0\x0f\xb1\x0b"), A);        /* lock cmpxchg %ecx,(%rbx) */
	CHECK_EQ(WRITES("\xf0\x0f\xc1\x0b"), C);        /* lock xadd %ecx,(%rbx) */
	CHECK_EQ(WRITES("\x48\x0f\xc7\x0b"), A | D);    /* cmpxchg16b (%rbx) */
	CHECK_EQ(WRITES("\x0f\xc7\xf3"), B);            /* rdrand %ebx */
	CHECK_EQ(WRITES("\x0f\x94\xc3"), B);            /* sete %bl */
	CHECK_EQ(WRITES("\x0f\xb6\xd8"), B);            /* movzx %al,%ebx */
	CHECK_EQ(WRITES("\x0f\xa3\xc3"), 0);            /* bt */
	CHECK_EQ(WRITES("\x0f\xba\xeb\1"), B);          /* bts $1,%ebx */
	CHECK_EQ(WRITES("\x0f\xcb"), B);                /* bswap */
	CHECK_EQ(WRITES("\x0f\xae\xe8"), 0);            /* lfence */
	CHECK_EQ(WRITES("\x0f\x28\xc3"), 0);            /* movaps %xmm3,%xmm0 */
	CHECK_EQ(WRITES("\x66\x0f\x7e\xc3"), B);        /* movd %xmm0,%ebx */
	CHECK_EQ(WRITES("\x66\x0f\x3a\x16\xc3\0"), B);  /* pextrd $0,%xmm0,%ebx */
	CHECK(WRITES("\xc4\xe2\x60\xf3\xc8") & B);      /* blsr %eax,%ebx */
	/* The fourth bit of the register's number is not decoded. */
	CHECK_EQ(WRITES("\xc4\xe2\x78\xf2\xd8"), B | B << 8); /* andn %eax,%eax,%ebx */
	CHECK_EQ(WRITES("\xc5\xf9\xd7\xd8"), B | B << 8);     /* vpmovmskb %xmm0,%ebx */
	CHECK_EQ(WRITES("\x66\x0f\x3a\x63\xc1\0"), C);        /* pcmpistri */
}

#define CHANGE(code)                               \
	({                                         \
		struct x86_insn i_ = DECODE(code); \
		x86_stack_change(&i_);             \
	})

TEST(pushes_and_pops)
{
	CHECK_EQ(CHANGE("\x53"), -8);
	CHECK_EQ(CHANGE("\x41\x54"), -8);
	CHECK_EQ(CHANGE("\x6a\1"), -8);
	CHECK_EQ(CHANGE("\x68\1\0\0\0"), -8);
	CHECK_EQ(CHANGE("\x9c"), -8);
	CHECK_EQ(CHANGE("\xff\x33"), -8);
	CHECK_EQ(CHANGE("\x5b"), 8);
	CHECK_EQ(CHANGE("\x8f\x03"), 8);
	CHECK_EQ(CHANGE("\x9d"), 8);
	CHECK_EQ(CHANGE("\xff\xd3"), 0);
	CHECK_EQ(CHANGE("\x0f\x58\xc1"), 0); /* addps */
	CHECK_EQ(CHANGE("\xc5\xf8\x58\xc1"), 0);
}

TEST_MAIN
