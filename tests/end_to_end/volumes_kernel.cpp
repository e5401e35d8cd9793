// A kernel that says where its files came from: its own, and its modules with their first line.
// Invariant: it writes one line for each file, and then halts.
#include <source_location>
#include <string_view>

#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "protocol/limine.hpp"

namespace {

[[noreturn]] void stop() {
    lintel::arch::disable_interrupts();
    for (;;) lintel::arch::wait_for_interrupt();
}

template <class Sink>
void write(Sink& sink, const limine::File& file, std::string_view text) {
    lintel::print(sink, "file {}: media {}, partition {}, mbr {:x}, gpt {:x}, part {:x}, uuid {:x}: {}\n",
                  std::string_view(file.path), file.media_type, file.partition_index, file.mbr_disk_id,
                  file.gpt_disk_uuid.a, file.gpt_part_uuid.a, file.part_uuid.a, text);
}

}  // namespace

namespace lintel {

void panic(std::string_view, std::source_location) { stop(); }

}  // namespace lintel

extern "C" [[noreturn]] void kernel_main();

void kernel_main() {
    auto port = lintel::arch::SerialPort::open(lintel::arch::com1, 115200);
    const auto* own = limine::request<limine::ExecutableFile>.response();
    const auto* modules = limine::request<limine::Modules>.response();
    if (!port || !limine::base_revision<6>.supported() || own == nullptr || modules == nullptr) stop();
    write(*port, *own->executable_file, "the kernel");
    for (const limine::File* module : modules->view()) {
        std::string_view text = lintel::as_text(module->bytes());
        write(*port, *module, text.substr(0, text.find('\n')));
    }
    stop();
}
