#include "kernel/debug/deliberate.hpp"

#include <charconv>
#include <optional>
#include <span>

#include "arch/deliberate.hpp"
#include "base/result.hpp"
#include "kernel/checks.hpp"
#include "kernel/log.hpp"

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

const Failing* find(std::string_view name) {
    for (const std::span<const Failing> list : {std::span<const Failing>(failings), heap_failings, undefined_failings})
        for (const Failing& failing : list)
            if (failing.name == name) return &failing;
    return nullptr;
}

/// "vector-13": 13.
std::optional<unsigned> vector_of(std::string_view kind) {
    constexpr std::string_view prefix = "vector-";
    constexpr unsigned exceptions = 32;
    if (!kind.starts_with(prefix)) return std::nullopt;
    kind.remove_prefix(prefix.size());
    unsigned vector = 0;
    const auto [end, error] = std::from_chars(kind.data(), kind.data() + kind.size(), vector);
    if (error != std::errc{} || end != kind.data() + kind.size() || vector >= exceptions) return std::nullopt;
    return vector;
}

}  // namespace

const std::array<Failing, 12> failings = {{
    {"panic", "panic()", panic_on_request},
    {"bounds", "an index behind the end of a span", read_behind_a_span},
    {"null", "a write through a null pointer", write_to_null},
    {"read-only", "a write to a constant", write_to_a_constant},
    {"execute-data", "a call into data", execute_data},
    {"jump-null", "a call through a null function pointer", jump_to_null},
    {"non-canonical", "a read where no address can be", read_where_no_address_is},
    {"stack", "a recursion without end", overflow_the_stack},
    {"divide", "a division by zero", arch::divide_by_zero},
    {"invalid", "an instruction that does not exist", arch::execute_invalid_instruction},
    {"double", "a fault whose delivery faults", arch::fault_twice},
    {"breakpoint", "a breakpoint, which returns", arch::execute_breakpoint},
}};

bool fail_deliberately(std::string_view kind) {
    if (const auto vector = vector_of(kind)) {
        arch::raise_exception(*vector);
        log("survived: exception {}", *vector);
        return true;
    }
    const Failing* failing = find(kind);
    if (failing == nullptr) return false;
    if (failing->only_checked && !checks) {
        log("this kernel does not check itself for {}", failing->what);
        return true;
    }
    failing->fail();
    log("survived: {}", failing->what);
    return true;
}

}  // namespace lintel
