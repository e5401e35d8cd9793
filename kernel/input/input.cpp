#include "kernel/input/input.hpp"

#include "arch/arch.hpp"
#include "arch/keyboard.hpp"
#include "arch/serial.hpp"
#include "base/result.hpp"
#include "base/scan_codes.hpp"
#include "kernel/input/key_queue.hpp"
#include "kernel/interrupts/interrupts.hpp"
#include "kernel/interrupts/routing.hpp"
#include "kernel/log.hpp"
#include "kernel/processors/processor.hpp"
#include "kernel/sync/spin_lock.hpp"
#include "kernel/time/time.hpp"
#include "kernel/time/timers.hpp"

namespace lintel {
namespace {

constexpr auto escape_pause = Duration::milliseconds(100);  // that a terminal's escape sequence may make

constinit SpinLock lock("input");

// With the lock held.
constinit KeyQueue keys;
constinit std::optional<arch::KeyboardPort> keyboard;
constinit ScanCodes scan_codes;
constinit std::optional<arch::SerialPort> serial;
constinit KeyDecoder decoder;
constinit Instant last_byte;
constinit bool escape_timer_waits = false;

/// Whether some device has no interrupt that tells of its keys.
constinit bool polls = false;

void end_escape(void* /*context*/);
constinit Timer escape_timer(end_escape, nullptr);

void add(std::optional<KeyPress> key) {
    if (key) (void)keys.push(*key);  // who types that much unheard loses the end of it
}

/// What a terminal sends for a key that is only an Escape is also the beginning of others: silence tells.
void end_escape(void* /*context*/) {
    const Locked locked(lock);
    if (now() < last_byte + escape_pause) return start_timer(escape_timer, last_byte + escape_pause);
    escape_timer_waits = false;
    add(decoder.idle());
}

/// Takes all that the devices have. An edge-triggered line stays silent until its device was emptied.
void empty_devices() {
    constexpr int most = 1024;  // a device that never ends must not keep the machine
    for (int i = 0; keyboard && i < most; ++i) {
        const auto code = keyboard->try_read();
        if (!code) break;
        add(scan_codes.feed(*code));
    }
    for (int i = 0; serial && i < most; ++i) {
        const auto byte = serial->try_read();
        if (!byte) break;
        const auto key = decoder.feed(*byte);
        add(key);
        last_byte = now();
        if (key || escape_timer_waits) continue;
        escape_timer_waits = true;
        start_timer(escape_timer, last_byte + escape_pause);
    }
}

void handle(void* /*context*/) {
    const Locked locked(lock);
    empty_devices();
}

/// Leads an ISA interrupt here.
void listen_to(std::uint8_t interrupt, std::string_view name) {
    const auto vector = add_interrupt_handler(name, handle);
    const Status routed = vector ? route_interrupt(isa_line(interrupt), *vector, this_processor().apic_id)
                                 : std::unexpected(vector.error());
    if (routed) return;
    polls = true;
    log_warning("input: {}: {}, so it is polled", name, routed.error().text);
}

}  // namespace

void open_input() {
    // The log has set the port up.
    auto port = arch::SerialPort::find(arch::com1);
    auto found = arch::KeyboardPort::open(arch::KeyboardMode::interrupts);
    log("input: keyboard {}, serial line {}", found ? "yes" : "no", port ? "yes" : "no");
    {
        const Locked locked(lock);
        serial = port;
        if (found) keyboard = *found;
    }
    if (found) listen_to(arch::keyboard_interrupt, "keyboard");
    if (!port) return;
    listen_to(arch::com1_interrupt, "serial line");
    port->enable_interrupts();
}

std::optional<KeyPress> read_input() {
    const Locked locked(lock);
    empty_devices();
    return keys.pop();
}

KeyPress wait_for_input() {
    ensure(arch::interrupts_enabled(), "no key can come with interrupts masked");
    while (true) {
        arch::disable_interrupts();
        const auto key = read_input();
        if (key || polls) arch::enable_interrupts();
        if (key) return *key;
        if (polls)
            sleep(Duration::milliseconds(10));
        else
            arch::enable_and_wait_for_interrupt();
    }
}

}  // namespace lintel
