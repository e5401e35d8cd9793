// A frame that begins with `push rbp; mov rbp, rsp` has its caller's RBP where RBP points to, and the return address
// above (System V ABI, AMD64 supplement, 3.2.2).
// Invariant: see the header.
#include "runner/autopsy/unwind.hpp"

namespace lintel::runner {

namespace {

constexpr std::size_t most_callers = 32;

std::optional<CallFrame> by_frame_pointer(const CallFrame& frame, const GuestMemory& memory) {
    if (frame.frame < frame.stack || frame.frame % 8 != 0) return std::nullopt;
    const auto saved = memory.word(frame.frame);
    const auto back = memory.word(frame.frame + 8);
    if (!saved || !back) return std::nullopt;
    return CallFrame{.instruction = *back, .stack = frame.frame + 16, .frame = *saved};
}

/// What a call has left on the stack's top: at a function's first instruction, and all the time in one without a frame.
std::optional<CallFrame> from_top(const CallFrame& frame, const GuestMemory& memory) {
    const auto back = memory.word(frame.stack);
    if (!back) return std::nullopt;
    return CallFrame{.instruction = *back, .stack = frame.stack + 8, .frame = frame.frame};
}

}  // namespace

std::vector<CallSite> callers_of(const Registers& registers, const DebugInfo& kernel, const GuestMemory& memory) {
    std::vector<CallSite> result;
    const auto read = [&](std::uint64_t address) { return memory.word(address); };
    CallFrame frame{registers.instruction, registers.stack(), registers.frame()};
    // A return address belongs to the call before it, and RIP to the HLT.
    std::uint64_t within = frame.instruction - (registers.halted ? 1 : 0);
    while (result.size() < most_callers) {
        std::optional<CallFrame> caller;
        if (!kernel.place(within).in_code) {
            if (result.empty()) caller = from_top(frame, memory);
        } else {
            caller = kernel.caller(frame, within, read);
            const auto top = result.empty() && !caller ? memory.word(frame.stack) : std::nullopt;
            if (top && kernel.place(*top).in_code && kernel.follows_call(*top)) caller = from_top(frame, memory);
            if (!caller) caller = by_frame_pointer(frame, memory);
        }
        if (!caller || caller->stack <= frame.stack) break;
        within = caller->instruction - 1;
        Place place = kernel.place(within);
        if (!place.in_code) break;
        result.push_back({caller->instruction, std::move(place)});
        frame = *caller;
    }
    return result;
}

}  // namespace lintel::runner
