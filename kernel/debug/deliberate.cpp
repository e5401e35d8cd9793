#include "kernel/debug/deliberate.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>

#include "arch/deliberate.hpp"
#include "arch/paging.hpp"
#include "arch/traps.hpp"
#include "base/result.hpp"
#include "kernel/checks.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/calls.hpp"
#include "kernel/processors/processor.hpp"

namespace lintel {
namespace {

void panic_on_request() { panic("asked for on the command line"); }

void read_behind_a_span() {
    static const std::array<char, 4> four{};
    const std::span<const char> bytes = four;
    // Volatile: the compiler must not see that this cannot be right.
    volatile std::size_t index = four.size();
    [[maybe_unused]] volatile char behind = bytes[index];
}

/// Made at run time, so that the compiler does not see where it points.
template <class T>
T* pointer_to(std::uint64_t address) {
    volatile std::uint64_t hidden = address;
    return reinterpret_cast<T*>(hidden);
}

constinit const std::uint64_t constant = 1;
constinit std::array<unsigned char, 16> return_instruction = {0xc3};

void write_to_null() { *pointer_to<volatile std::uint32_t>(8) = 1; }
void write_to_a_constant() { *pointer_to<volatile std::uint64_t>(reinterpret_cast<std::uint64_t>(&constant)) = 2; }
// Calls, never jumps: whoever looks at the stack finds the caller.
[[clang::disable_tail_calls]] void execute_data() {
    pointer_to<void()>(reinterpret_cast<std::uint64_t>(return_instruction.data()))();
}
[[clang::disable_tail_calls]] void jump_to_null() { pointer_to<void()>(0)(); }
void read_where_no_address_is() { [[maybe_unused]] auto value = *pointer_to<volatile std::uint32_t>(0x800000000000); }

// The recursion is the point, and each level needs its frame.
// NOLINTNEXTLINE(misc-no-recursion)
[[gnu::noinline]] std::uint64_t use_the_stack_up(std::uint64_t depth) {
    volatile std::uint64_t kept = depth;
    return kept == ~std::uint64_t{0} ? 0 : use_the_stack_up(depth + 1) + kept;
}

void overflow_the_stack() { [[maybe_unused]] volatile std::uint64_t sum = use_the_stack_up(0); }

/// As a handler that runs there would.
template <arch::TrapStack which>
void overflow_a_trap_stack() {
    arch::run_on_stack(this_processor().trap_stacks[static_cast<std::size_t>(which)], overflow_the_stack);
}

const Failing* find(std::string_view name) {
    for (const std::span<const Failing> list :
         {std::span<const Failing>(failings), heap_failings, processor_failings, undefined_failings})
        for (const Failing& failing : list)
            if (failing.name == name) return &failing;
    return nullptr;
}

/// A number of digits alone that is below `limit`.
std::optional<unsigned> number_below(unsigned limit, std::string_view digits) {
    unsigned number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size() || number >= limit) return std::nullopt;
    return number;
}

/// "@2" as a processor's number, the one at hand where nothing is said; nothing where there is no such processor.
std::optional<unsigned> processor_of(std::string_view where) {
    return where.empty() ? this_processor().number : number_below(processor_count(), where.substr(1));
}

/// "vector-13": 13.
std::optional<unsigned> vector_of(std::string_view kind) {
    constexpr std::string_view prefix = "vector-";
    constexpr unsigned exceptions = 32;
    return kind.starts_with(prefix) ? number_below(exceptions, kind.substr(prefix.size())) : std::nullopt;
}

}  // namespace

const std::array<Failing, 16> failings = {{
    {"panic", "panic()", panic_on_request},
    {"bounds", "an index behind the end of a span", read_behind_a_span},
    {"null", "a write through a null pointer", write_to_null},
    {"read-only", "a write to a constant", write_to_a_constant},
    {"execute-data", "a call into data", execute_data},
    {"jump-null", "a call through a null function pointer", jump_to_null},
    {"non-canonical", "a read where no address can be", read_where_no_address_is},
    {"stack", "a recursion without end", overflow_the_stack},
    {"stack-double-fault", "the same in a handler", overflow_a_trap_stack<arch::TrapStack::double_fault>},
    {"stack-nmi", "the same in a handler", overflow_a_trap_stack<arch::TrapStack::non_maskable_interrupt>},
    {"stack-machine-check", "the same in a handler", overflow_a_trap_stack<arch::TrapStack::machine_check>},
    {"stack-page-fault", "the same in a handler", overflow_a_trap_stack<arch::TrapStack::page_fault>},
    {"divide", "a division by zero", arch::divide_by_zero},
    {"invalid", "an instruction that does not exist", arch::execute_invalid_instruction},
    {"double", "a fault whose delivery faults", arch::fault_twice},
    {"breakpoint", "a breakpoint, which returns", arch::execute_breakpoint},
}};

bool fail_deliberately(std::string_view kind) {
    const std::size_t at = std::min(kind.find('@'), kind.size());
    const auto number = processor_of(kind.substr(at));
    const std::string_view name = kind.substr(0, at);
    const auto vector = vector_of(name);
    const Failing* failing = find(name);
    if (!number || (!vector && failing == nullptr)) return false;
    if (failing != nullptr && failing->only_checked && !checks) {
        log("this kernel does not check itself for {}", failing->what);
        return true;
    }
    const auto fail_here = [=] { vector ? arch::raise_exception(*vector) : failing->fail(); };
    if (*number == this_processor().number)
        fail_here();
    else
        work_on_each([=] {
            if (this_processor().number == *number) fail_here();
        });
    if (vector) {
        log("survived: exception {}", *vector);
        return true;
    }
    log("survived: {}", failing->what);
    return true;
}

}  // namespace lintel
