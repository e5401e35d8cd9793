// Call frame information: DWARF 5, 6.4, from .debug_frame or .eh_frame.
// Invariant: an expression with a step that is not known here gives nothing.
#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdlib>

#include "runner/debug_info/debug_info.hpp"

namespace lintel::runner {

namespace {

// System V ABI, AMD64 supplement, figure 3.36.
constexpr int frame_register = 6, stack_register = 7, return_address = 16;

class Evaluation {
public:
    Evaluation(const CallFrame& frame, const DebugInfo::ReadMemory& read) : frame_(frame), read_(read) {}

    /// The canonical frame address, for the expressions that follow.
    void set_frame_address(std::uint64_t address) { frame_address_ = address; }

    /// The value of an expression; of one that names a place in memory, what lies there.
    std::optional<std::uint64_t> value(const Dwarf_Op* steps, std::size_t count, bool in_memory) {
        std::vector<std::uint64_t> stack;
        for (std::size_t at = 0; at < count; ++at) {
            if (steps[at].atom == DW_OP_stack_value) {
                in_memory = false;
                continue;
            }
            if (!step(steps[at], stack)) return std::nullopt;
        }
        if (stack.empty()) return std::nullopt;
        return in_memory ? read_(stack.back()) : stack.back();
    }

private:
    [[nodiscard]] std::optional<std::uint64_t> register_value(std::uint64_t number) const {
        if (number == frame_register) return frame_.frame;
        if (number == stack_register) return frame_.stack;
        if (number == return_address) return frame_.instruction;
        return std::nullopt;
    }

    bool step(const Dwarf_Op& operation, std::vector<std::uint64_t>& stack) {
        const unsigned atom = operation.atom;
        std::optional<std::uint64_t> result;
        if (atom >= DW_OP_breg0 && atom <= DW_OP_breg31) {
            result = register_value(atom - DW_OP_breg0);
            if (result) *result += operation.number;
        } else if (atom == DW_OP_bregx) {
            result = register_value(operation.number);
            if (result) *result += operation.number2;
        } else if (atom == DW_OP_call_frame_cfa) {
            result = frame_address_;
        } else if (atom == DW_OP_plus_uconst && !stack.empty()) {
            stack.back() += operation.number;
            return true;
        } else if (atom == DW_OP_deref && !stack.empty()) {
            result = read_(stack.back());
            stack.pop_back();
        } else if (atom == DW_OP_plus && stack.size() >= 2) {
            result = stack[stack.size() - 1] + stack[stack.size() - 2];
            stack.resize(stack.size() - 2);
        } else if (atom == DW_OP_constu || atom == DW_OP_consts || atom == DW_OP_const1s || atom == DW_OP_const1u) {
            result = operation.number;
        }
        if (result) stack.push_back(*result);
        return result.has_value();
    }

    const CallFrame& frame_;
    const DebugInfo::ReadMemory& read_;
    std::optional<std::uint64_t> frame_address_{};
};

std::optional<std::uint64_t> saved(Dwarf_Frame* rules, int number, Evaluation& evaluation,
                                   std::optional<std::uint64_t> same) {
    Dwarf_Op memory[3];
    Dwarf_Op* steps = nullptr;
    std::size_t count = 0;
    if (::dwarf_frame_register(rules, number, memory, &steps, &count) != 0) return std::nullopt;
    if (count == 0) return steps == nullptr ? same : std::nullopt;  // unchanged, or lost
    return evaluation.value(steps, count, true);
}

}  // namespace

std::optional<CallFrame> DebugInfo::caller(const CallFrame& frame, std::uint64_t within, const ReadMemory& read) const {
    const std::uint64_t linked = within - slide_;
    Dwarf_Frame* found = nullptr;
    for (Dwarf_CFI* source : {dwarf_ ? ::dwarf_getcfi(dwarf_.get()) : nullptr, handling_.get()})
        if (found == nullptr && source != nullptr && ::dwarf_cfi_addrframe(source, linked, &found) != 0)
            found = nullptr;
    if (found == nullptr) return std::nullopt;
    const std::unique_ptr<Dwarf_Frame, void (*)(void*)> rules(found, std::free);

    Evaluation evaluation(frame, read);
    Dwarf_Op* steps = nullptr;
    std::size_t count = 0;
    if (::dwarf_frame_cfa(rules.get(), &steps, &count) != 0) return std::nullopt;
    const auto frame_address = evaluation.value(steps, count, false);
    if (!frame_address) return std::nullopt;
    evaluation.set_frame_address(*frame_address);
    const auto back = saved(rules.get(), return_address, evaluation, std::nullopt);
    if (!back) return std::nullopt;
    return CallFrame{.instruction = *back,
                     .stack = *frame_address,
                     .frame = saved(rules.get(), frame_register, evaluation, frame.frame).value_or(0)};
}

}  // namespace lintel::runner
