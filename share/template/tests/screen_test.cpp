// Is what the kernel paints on the screen afterwards?
#include "screen.hpp"
#include "arch/x86_64/ports.hpp"
#include "protocol/limine.hpp"
#include "support.hpp"

extern "C" [[noreturn]] void kernel_main();

namespace {

/// QEMU's device isa-debug-exit, which `lintel` adds to its machines, ends the machine with this verdict.
enum class Verdict : unsigned char { passed = 0x10, failed = 0x11 };

[[noreturn]] void end(Verdict verdict) {
    lintel::arch::out8(0xf4, static_cast<unsigned char>(verdict));
    halt();
}

void expect(bool condition, std::string_view test, std::string_view why) {
    if (condition) return;
    log("not ok: {}: {}", test, why);
    end(Verdict::failed);
}

}  // namespace

extern "C" void kernel_main() {
    constexpr std::string_view test = "the_picture_is_on_the_screen";
    open_log();
    log("test: {}", test);
    const auto* screens = limine::request<limine::Framebuffers>.response();
    expect(limine::base_revision<6>.supported(), test, "the boot loader does not speak base revision 6");
    expect(screens != nullptr && screens->framebuffer_count > 0, test, "there is no screen");
    const limine::Framebuffer& screen = *screens->framebuffers[0];
    paint(screen);
    expect(pixel_at(screen, 0, 0) == pixel_of(screen, 0x101418), test, "the corner has the wrong colour");
    expect(pixel_at(screen, screen.width / 2, screen.height * 7 / 24) == pixel_of(screen, 0xe8b04a), test,
           "the beam is not there");
    log("ok: {}", test);
    end(Verdict::passed);
}
