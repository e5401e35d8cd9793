// Keys from the keyboard, which its controller gives as if they had been pressed.
#include <array>
#include <initializer_list>

#include "arch/keyboard.hpp"
#include "kernel/input/input.hpp"
#include "kernel/input/key_queue.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/tests/tests.hpp"
#include "kernel/time/time.hpp"

namespace lintel {
namespace {

constexpr std::uint8_t code_a = 0x1e, code_b = 0x30, code_k = 0x25, code_left_shift = 0x2a, code_control = 0x1d,
                       code_up = 0x48, prefix = 0xe0, let_go = 0x80;

/// Presses and lets go; false where this machine has no such keyboard.
bool type(std::initializer_list<std::uint8_t> codes) {
    static std::optional<arch::KeyboardPort> port;
    if (!port) {
        auto found = arch::KeyboardPort::open(arch::KeyboardMode::interrupts);
        if (!found) {
            skip("there is no PS/2 keyboard");
            return false;
        }
        port = *found;
    }
    for (const std::uint8_t code : codes) port->pretend(code);
    return true;
}

void forget_keys() {
    while (read_input()) {
    }
}

KeyPress key_of(char byte) { return KeyPress::of_byte(byte); }

void nothing_typed_is_no_key() {
    forget_keys();
    expect(!read_input(), "there is one");
}

void a_key_arrives() {
    forget_keys();
    if (!type({code_a, code_a | let_go})) return;
    expect(wait_for_input() == key_of('a'), "it is another one");
    expect(!read_input(), "letting it go is a second one");
}

void keys_arrive_in_their_order() {
    forget_keys();
    if (!type({code_a, code_b, code_k, code_a})) return;
    for (const char wanted : {'a', 'b', 'k', 'a'}) expect(wait_for_input() == key_of(wanted), "it is another one");
}

void shift_and_control_count() {
    forget_keys();
    if (!type({code_left_shift, code_a, code_left_shift | let_go, code_a})) return;
    expect(wait_for_input() == key_of('A'), "shift did not count");
    expect(wait_for_input() == key_of('a'), "shift stayed");
    type({code_control, code_k, code_control | let_go});
    expect(wait_for_input() == key_of('K' & 0x1f), "control did not count");
}

void arrows_are_keys() {
    forget_keys();
    if (!type({prefix, code_up, prefix, code_up | let_go})) return;
    expect(wait_for_input() == Key::up, "it is another one");
}

void each_tells_by_interrupt() {
    struct Wanted {
        std::uint64_t count = 0;
        bool found = false;
    };
    const auto interrupts = [] {
        Wanted wanted;
        for_each_interrupt(
            [](const InterruptCount& one, void* context) {
                auto& to = *static_cast<Wanted*>(context);
                if (one.name != "keyboard") return;
                to = {one.count, true};
            },
            &wanted);
        return wanted;
    };
    const Wanted before = interrupts();
    if (!before.found) return skip("the keyboard has no interrupt");
    forget_keys();
    if (!type({code_a, code_a | let_go})) return;
    const Instant start = now();
    while (interrupts().count == before.count && now() - start < Duration::seconds(20))
        spin(Duration::microseconds(10));
    expect(interrupts().count > before.count, "no interrupt came");
    forget_keys();
}

void what_nobody_reads_is_dropped() {
    forget_keys();
    for (std::size_t i = 0; i < KeyQueue::capacity + 20; ++i)
        if (!type({code_a})) return;
    std::size_t count = 0;
    while (read_input()) ++count;
    expect_equal(count, KeyQueue::capacity, "the number of keys that were kept");
    type({code_b});
    expect(wait_for_input() == key_of('b'), "afterwards no key came");
}

constexpr std::array<KernelTest, 7> input_list = {{
    {"input: nothing_typed_is_no_key", nothing_typed_is_no_key},
    {"input: a_key_arrives", a_key_arrives},
    {"input: keys_arrive_in_their_order", keys_arrive_in_their_order},
    {"input: shift_and_control_count", shift_and_control_count},
    {"input: arrows_are_keys", arrows_are_keys},
    {"input: each_key_tells_by_interrupt", each_tells_by_interrupt},
    {"input: what_nobody_reads_is_dropped", what_nobody_reads_is_dropped},
}};

}  // namespace

const std::span<const KernelTest> input_tests = input_list;

}  // namespace lintel
