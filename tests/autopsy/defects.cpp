// See the header. Volatile hides from the compiler what must go wrong.
#include "tests/autopsy/defects.hpp"

#include <string_view>
#include <utility>

#include "protocol/limine.hpp"

namespace {

constexpr std::uint16_t com1 = 0x3f8, exit_port = 0xf4;

void say(std::string_view text) {
    for (const char c : text) out8(com1, static_cast<std::uint8_t>(c));
}

std::uint64_t direct_map_offset() {
    const auto* response = limine::request<limine::Hhdm>.response();
    return response == nullptr ? 0 : response->offset;
}

template <class T>
T* at(std::uint64_t address) {
    volatile std::uint64_t hidden = address;
    return reinterpret_cast<T*>(hidden);
}

void hex(std::uint64_t value) {
    say("0x");
    for (int shift = 60; shift >= 0; shift -= 4)
        out8(com1, static_cast<std::uint8_t>("0123456789abcdef"[value >> shift & 15]));
}

volatile std::uint8_t code_in_data[] = {0xc3};  // ret
const volatile int constant = 4;
volatile int zero = 0;
volatile int lock = 1;
volatile int counter = 0;

struct Task {
    int first, second, third;
};

/// A log as Lintel's kernel keeps it (docs/kernel.md, "Log"), with lines that never go anywhere else.
struct KernelLog {
    char mark[8];
    std::uint64_t entry, ticks_per_second, end, written_out;
    struct Slot {
        std::uint64_t sequence, ticks;
        std::uint16_t processor;
        std::uint8_t level, part, parts, length;
        std::uint16_t unused;
        char text[104];
    } slots[512];
};
static_assert(sizeof(KernelLog) == 40 + 512 * 128);

}  // namespace

extern "C" {
KernelLog kernel_log;
}

namespace {

void keep(std::string_view text) {
    const std::uint64_t place = kernel_log.end++;
    KernelLog::Slot& slot = kernel_log.slots[place % 512];
    slot = {place + 1, place * 1'500'000, 3, 2, 0, 1, static_cast<std::uint8_t>(text.size()), 0, {}};
    for (std::size_t i = 0; i < text.size(); ++i) slot.text[i] = text[i];
}

void keep_lines() {
    constexpr std::string_view mark = "lintelog";
    for (std::size_t i = 0; i < mark.size(); ++i) kernel_log.mark[i] = mark[i];
    kernel_log.ticks_per_second = 1'000'000;
    for (int i = 0; i < 20; ++i) keep("the disk does not answer");
    keep("the disk is given up");
}

}  // namespace

namespace defects {

void null_pointer() {
    volatile Task* task = at<volatile Task>(0);
    task->third = 1;
}

[[gnu::noinline]] void recursion() {
    volatile char room[200];
    room[0] = 1;
    if (zero == 0) recursion();
    room[1] = 1;
}

void divide() { counter = 100 / zero; }
void write_rodata() { *at<volatile int>(reinterpret_cast<std::uint64_t>(&constant)) = 5; }
void call_data() { at<void()>(reinterpret_cast<std::uint64_t>(&code_in_data))(); }
void call_null() { at<void()>(0)(); }
void call_garbage() { at<void()>(0xffffffffdead0000)(); }
void wild_pointer() { counter = *at<volatile int>(0xffffc00012345678); }
void non_canonical_pointer() { counter = *at<volatile int>(0x4141414141414140); }
void physical_pointer() { counter = *at<volatile int>(0x200000); }
void beyond_direct_map() { counter = *at<volatile int>(direct_map_offset() + 0x90000000); }
void trap() { __builtin_trap(); }

void spin_forever() {
    for (;;) counter = counter + 1;
}

void acquire_lock() {
    while (lock != 0) counter = counter + 1;
}

[[gnu::noinline]] static void here() {
    for (volatile int i = 0; i < 1000; i = i + 1) continue;
}
[[gnu::noinline]] static void there() {
    for (volatile int i = 0; i < 1000; i = i + 1) continue;
}

void wander() {
    for (;;) {
        here();
        there();
    }
}

void say_panic() {
    say("panic: the scheduler has lost a task\r\npanic: called from ");
    hex(reinterpret_cast<std::uint64_t>(__builtin_return_address(0)));
    say("\r\n");
    stop();
}

void panic_and_spin() {
    say("KERNEL PANIC: no memory left\r\n");
    for (;;) counter = counter + 1;
}

void spin_without_a_word() {
    keep_lines();
    spin_forever();
}

void crash_without_a_word() {
    keep_lines();
    trap();
}

void spin_with_a_broken_log() {
    keep_lines();
    kernel_log.mark[3] = 'x';
    spin_forever();
}

void pass() { out8(exit_port, 0x10); }
void fail() { out8(exit_port, 0x11); }
void end_with_value() { out8(exit_port, 0x2a); }

// The keyboard controller's way (8042, command FE).
void reset() {
    out8(0x64, 0xfe);
    for (;;) counter = counter + 1;
}

void halt() { stop(); }

}  // namespace defects
