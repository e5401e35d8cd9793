// A running virtual machine.
// Invariant: QEMU and its private files go away with the Machine.
#pragma once

#include "runner/host/process.hpp"
#include "runner/machine/emulator.hpp"
#include "runner/machine/fault_log.hpp"
#include "runner/machine/qmp.hpp"
#include "runner/machine/serial_wire.hpp"

namespace lintel::runner {

/// Puts what the boot needs for one machine alone into `folder`: the firmware's variables, or the list of files.
Outcome<void> prepare_for_machine(std::variant<UefiBoot, DirectBoot>& boot, const fs::path& folder);

class Machine {
public:
    /// Copies the variable store, starts QEMU, and waits until it answers. `debugger` makes it listen for GDB on the
    /// loopback interface.
    static Outcome<Machine> start(MachineConfiguration configuration, bool debugger);

    [[nodiscard]] int serial() const { return serial_.output(); }
    Qmp& control() { return control_; }
    [[nodiscard]] int errors() const { return errors_.number(); }
    [[nodiscard]] const std::vector<std::string>& arguments() const { return arguments_; }
    [[nodiscard]] unsigned debugger_port() const { return debugger_port_; }

    /// Bytes from the serial line that are here already; nothing once QEMU has closed it.
    std::optional<std::string> read_serial() { return serial_.read(); }
    void write_serial(std::string_view bytes) { serial_.write(bytes); }

    /// Collects what QEMU writes to its standard error. False once that is closed.
    bool read_errors();
    [[nodiscard]] const std::string& error_text() const { return error_text_; }

    std::optional<int> ended() { return process_.status(); }
    /// Whether a signal ended it.
    [[nodiscard]] bool killed() const { return process_.killed(); }

    /// What QEMU has written down about the guest's exceptions.
    FaultLog& faults() { return faults_; }

    /// Asks QEMU to end, and waits for it.
    void stop();

private:
    Machine(TemporaryFolder folder, Process process, SerialWire serial, Descriptor control, Descriptor errors)
        : folder_(std::move(folder)),
          process_(std::move(process)),
          serial_(std::move(serial)),
          control_(std::move(control)),
          errors_(std::move(errors)) {}

    Failure died();

    TemporaryFolder folder_;
    Process process_;  // after the folder: ends before its files go
    SerialWire serial_;
    Qmp control_;
    Descriptor errors_;
    FaultLog faults_{};
    std::string error_text_{};
    std::vector<std::string> arguments_{};
    unsigned debugger_port_ = 0;
};

}  // namespace lintel::runner
