// The kernel's way from the boot loader to its halt loop. Each step uses only what the lines above made.
#include "protocol/limine.hpp"
#include "screen.hpp"
#include "support.hpp"

extern "C" [[noreturn]] void kernel_main();

extern "C" void kernel_main() {
    open_log();
    log("hello from @NAME@");
    if (!limine::base_revision<6>.supported()) log("the boot loader is too old for base revision 6");
    if (const auto* screens = limine::request<limine::Framebuffers>.response())
        for (const limine::Framebuffer* screen : screens->view()) paint(*screen);
    log("halted");
    halt();
}
