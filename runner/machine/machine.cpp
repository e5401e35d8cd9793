// QEMU's sockets are made here and inherited by it, and so are its pipes, but for their names: nothing to wait for,
// nothing to race with.
// Invariant: a Machine exists only after QEMU has answered; if it died before, its own words are in the failure.
#include "runner/machine/machine.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace lintel::runner {

namespace {

// QEMU answers within a second, except on a host that has far more to do.
constexpr auto greeting_time = std::chrono::seconds(60);

struct Pair {
    Descriptor ours;
    Descriptor theirs;
};

Outcome<Pair> socket_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return refuse("cannot make a socket: {}", std::strerror(errno));
    return Pair{Descriptor(ends[0]), Descriptor(ends[1])};
}

Outcome<Pair> pipe_pair() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refuse("cannot make a pipe: {}", std::strerror(errno));
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return Pair{Descriptor(ends[0]), Descriptor(ends[1])};
}

struct Listener {
    Descriptor socket;
    unsigned port;
};

// Where the kernel picks the port, the socket stays open from then on: nobody else can take it in between.
Outcome<Listener> listen_on(std::uint16_t port) {
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int on = 1;  // a connection that has just been closed does not keep the port
    ::setsockopt(socket.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    socklen_t size = sizeof address;
    // Safety: this is how the sockets interface spells a base class.
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.number(), generic, size) != 0 || ::listen(socket.number(), 1) != 0 ||
        ::getsockname(socket.number(), generic, &size) != 0) {
        if (errno == EADDRINUSE && port != 0)
            return refuse("port {} is taken; end the program that listens there, or choose another --port", port);
        return refuse("cannot listen for GDB on the loopback interface: {}", std::strerror(errno));
    }
    return Listener{std::move(socket), ntohs(address.sin_port)};
}

Outcome<void> copy_firmware(Firmware& firmware, const fs::path& folder) {
    fs::path& writable = firmware.variables ? *firmware.variables : firmware.code;
    const fs::path copy = folder / writable.filename();
    TRY(copy_file(writable, copy, "the firmware"));
    writable = copy;
    return {};
}

Outcome<void> write_index(DirectBoot& boot, const fs::path& folder) {
    std::string index;
    for (const VolumeFile& file : boot.files) index += "/" + file.path + "\n";
    boot.index = folder / "index";
    return write_file(boot.index, index);
}

}  // namespace

Outcome<void> prepare_for_machine(std::variant<UefiBoot, DirectBoot>& boot, const fs::path& folder) {
    if (auto* direct = std::get_if<DirectBoot>(&boot)) return write_index(*direct, folder);
    return copy_firmware(std::get<UefiBoot>(boot).firmware, folder);
}

Outcome<Machine> Machine::start(MachineConfiguration configuration, bool debugger) {
    auto folder = TRY(TemporaryFolder::make());
    TRY(prepare_for_machine(configuration.boot, folder.path()));
    auto serial = TRY(SerialWire::make(folder.path()));
    auto control = TRY(socket_pair());
    auto errors = TRY(pipe_pair());
    std::optional<Listener> listener;
    if (debugger) listener = TRY(listen_on(configuration.debugger_port));

    Wires wires{.serial = serial.path(), .control = control.theirs.number()};
    Descriptor nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Launch launch{.input = nothing.number(), .errors = errors.theirs.number(), .foreground = false};
    launch.inherited = {wires.control};
    if (listener) {
        wires.debugger = listener->socket.number();
        launch.inherited.push_back(*wires.debugger);
    }
    if (configuration.accelerator == Accelerator::tcg && !asks_for_log(configuration))
        wires.fault_log = folder.path() / "faults";
    launch.arguments = emulator_arguments(configuration, wires);

    auto process = TRY(Process::start(launch));
    for (Descriptor* end : {&control.theirs, &errors.theirs}) *end = Descriptor();
    Machine machine(std::move(folder), std::move(process), std::move(serial), std::move(control.ours),
                    std::move(errors.ours));
    machine.arguments_ = std::move(launch.arguments);
    if (wires.fault_log) machine.faults_ = FaultLog(*wires.fault_log);
    if (listener) machine.debugger_port_ = listener->port;
    if (auto greeted = machine.control_.greet(Clock::now() + greeting_time); !greeted)
        return std::unexpected(greeted.error().code == Exit::interrupted ? greeted.error() : machine.died());
    return machine;
}

Failure Machine::died() {
    // Its last words are in the pipe by the time the control socket closed; a QEMU that hangs is ended.
    process_.end();
    read_errors();
    std::string words = last_lines(error_text_, 2);
    if (words.empty()) words = fmt::format("it said nothing, exit code {}", process_.wait());
    if (words.contains("Address already in use"))
        return {
            fmt::format("QEMU could not start, a port is taken: {}; end the other program, or choose another "
                        "port, for example with: -- -gdb tcp:127.0.0.1:PORT",
                        words)};
    return {fmt::format("QEMU could not start the machine: {}", words)};
}

bool Machine::read_errors() {
    std::array<char, 4096> piece;
    while (true) {
        ssize_t count = ::read(errors_.number(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return count < 0;
        error_text_.append(piece.data(), static_cast<std::size_t>(count));
    }
}

void Machine::stop() {
    if (!ended()) [[maybe_unused]]
        auto ignored = control_.execute("quit", "{}", Clock::now() + std::chrono::seconds(2));
    process_.end();
}

}  // namespace lintel::runner
