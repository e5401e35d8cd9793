// A program that asks for features in two files and uses one answer: all of its requests must reach the ELF file,
// the one that both files share once.
#include "lto_other.hpp"
#include "protocol/limine.hpp"

extern "C" [[noreturn]] void kernel_main();

extern "C" void kernel_main() {
    limine::request<limine::StackSize<65536>>.ask();
    limine::request<limine::Rsdp>.ask();
    while (!limine::base_revision<6>.supported() || other_hhdm_offset() != 0) {
    }
    for (;;) {
    }
}
