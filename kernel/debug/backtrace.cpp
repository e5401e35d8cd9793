#include "kernel/debug/backtrace.hpp"

namespace lintel {
namespace {

/// What `push rbp; mov rbp, rsp` leaves below a function's locals (System V ABI, AMD64 supplement, 3.2.2).
struct Frame {
    std::uint64_t caller_frame;
    std::uint64_t return_address;
};

}  // namespace

std::size_t backtrace(VirtAddr frame, AddressRange stack, AddressRange text, std::span<VirtAddr> found) {
    std::size_t count = 0;
    while (count < found.size()) {
        if (!stack.contains(frame, sizeof(Frame)) || !is_aligned(frame.value(), alignof(Frame))) break;
        // Safety: checked above against the readable range that the caller vouches for.
        const Frame at = *reinterpret_cast<const Frame*>(frame.value());
        if (!text.contains(VirtAddr(at.return_address))) break;
        found[count++] = VirtAddr(at.return_address);
        if (at.caller_frame <= frame.value()) break;
        frame = VirtAddr(at.caller_frame);
    }
    return count;
}

}  // namespace lintel
