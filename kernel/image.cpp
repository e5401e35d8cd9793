#include "kernel/image.hpp"

#include <span>

#include "base/result.hpp"

namespace {

using Constructor = void (*)();

}  // namespace

// Defined by the linker script; only their addresses mean anything.
extern "C" {
extern const char image_start[];
extern const char image_end[];
extern const char text_start[];
extern const char text_end[];
extern const char rodata_start[];
extern const char data_start[];
extern const Constructor init_array_start[];
extern const Constructor init_array_end[];
}

namespace lintel {
namespace {

VirtAddr address_of(const char* symbol) { return VirtAddr(reinterpret_cast<std::uint64_t>(symbol)); }

/// Tells whether the constructors ran: a linker script that loses .init_array does so without a word.
struct Witness {
    // The asking through a volatile keeps the compiler from doing the work at build time.
    Witness() : ran(*static_cast<const volatile bool*>(&yes)) {}
    static constexpr bool yes = true;
    bool ran;
};
Witness witness;

}  // namespace

AddressRange text_range() { return {address_of(text_start), address_of(text_end)}; }

std::array<ImagePart, 4> image_parts() {
    using enum arch::Access;
    const VirtAddr text = address_of(text_start);
    const VirtAddr rodata = address_of(rodata_start);
    const VirtAddr data = address_of(data_start);
    return {{{{address_of(image_start), text}, read_write},  // the loader's answers
             {{text, rodata}, read_execute},
             {{rodata, data}, read},
             {{data, address_of(image_end)}, read_write}}};
}

void run_global_constructors() {
    // Safety: the linker script puts both symbols around one array.
    for (Constructor constructor : std::span(init_array_start, init_array_end)) constructor();
    ensure(witness.ran, "the constructors of global objects did not run");
}

}  // namespace lintel
