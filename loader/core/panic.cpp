// A bug of the loader's own: says so on the serial line and stops. The screen may belong to the executable already.
#include "arch/arch.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace lintel {

void panic(std::string_view why, std::source_location where) {
    if (auto port = arch::SerialPort::open(arch::com1, 115200))
        print(*port, "lintel loader: error: this is a bug in the loader: {} ({}:{})\n", why, where.file_name(),
              where.line());
    arch::disable_interrupts();
    for (;;) arch::wait_for_interrupt();
}

}  // namespace lintel
