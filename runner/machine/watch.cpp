// One poll() over everything that can happen, with the processors' registers looked at whenever it wakes.
// Invariant: all that the guest wrote before the verdict has been read and handed on when watch() returns.
#include "runner/machine/watch.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "runner/machine/console.hpp"
#include "runner/machine/registers.hpp"

namespace lintel::runner {

namespace {

constexpr auto register_interval = std::chrono::milliseconds(20);
constexpr auto fault_log_interval = std::chrono::milliseconds(200);
constexpr auto query_time = std::chrono::seconds(60);  // many processors on a busy host

class Watch {
public:
    Watch(Machine& machine, Signals& signals, const WatchOptions& options)
        : machine_(machine), signals_(signals), options_(options), keyboard_(options.keyboard) {}

    Conclusion run() {
        while (true) {
            if (auto conclusion = step()) {
                drain();
                return name_reason(std::move(*conclusion));
            }
            wait();
        }
    }

private:
    std::optional<Conclusion> step() {
        if (keyboard_ready_) take_keyboard();
        bool serial_open = take_serial();
        machine_.read_errors();
        machine_.faults().limit(machine_.control());
        bool control_open = machine_.control().pump();
        for (const QmpEvent& event : machine_.control().take_events())
            if (auto conclusion = judge(event)) return conclusion;
        signals_.forget_children();
        if (to_end()) return Conclusion{Verdict::interrupted, ""};
        if (options_.finished)
            if (auto conclusion = options_.finished()) return conclusion;
        if (!control_open || !serial_open) return ended();
        // The deadline first: a machine that is busy answering must not outlive it.
        if (options_.deadline && Clock::now() >= *options_.deadline) return Conclusion{Verdict::timed_out, ""};
        return options_.until_halt ? look_at_registers() : std::nullopt;
    }

    /// Whether a signal asks for the end that is meant for the runner.
    bool to_end() {
        if (!options_.shares_interrupt) return interrupted();
        while (auto signal = signals_.take())
            if (*signal != SIGINT) return true;
        return false;
    }

    void wait() {
        std::array<pollfd, 6> places = {{{machine_.serial(), POLLIN, 0},
                                         {machine_.control().descriptor(), POLLIN, 0},
                                         {machine_.errors(), POLLIN, 0},
                                         {signals_.children(), POLLIN, 0},
                                         {interruption(), POLLIN, 0},
                                         {keyboard_ ? STDIN_FILENO : -1, POLLIN, 0}}};
        std::chrono::milliseconds limit = std::chrono::hours(1);
        if (machine_.faults().open()) limit = fault_log_interval;
        if (options_.until_halt) limit = register_interval;
        if (options_.deadline)
            limit = std::min(limit, std::chrono::ceil<std::chrono::milliseconds>(*options_.deadline - Clock::now()));
        ::poll(places.data(), places.size(), static_cast<int>(std::max<std::int64_t>(limit.count(), 0)));
        keyboard_ready_ = (places[5].revents & (POLLIN | POLLHUP)) != 0;
    }

    std::optional<Conclusion> look_at_registers() {
        if (Clock::now() < next_look_) return std::nullopt;
        next_look_ = Clock::now() + register_interval;
        auto state = read_halt_state();
        // A processor that runs changes its registers while they are printed: the interrupt flag of one moment can
        // stand beside the halt of another. What looks like the end is looked at again with the machine standing still.
        if (state && *state != Halt::running) state = read_halt_state_of_paused_machine();
        if (!state)
            return machine_.control().pump() ? Conclusion{Verdict::emulator_error, state.error().sentence} : ended();
        switch (*state) {
            case Halt::running:
                return std::nullopt;
            case Halt::in_kernel:
                return Conclusion{Verdict::halted, ""};
            case Halt::before_kernel:
                return Conclusion{Verdict::loader_error, ""};
        }
        return std::nullopt;
    }

    Outcome<Halt> read_halt_state() {
        return halt_state(
            parse_registers(TRY(machine_.control().human("info registers -a", Clock::now() + query_time))));
    }

    Outcome<Halt> read_halt_state_of_paused_machine() {
        TRY(machine_.control().execute("stop", "{}", Clock::now() + query_time));
        auto state = read_halt_state();
        TRY(machine_.control().execute("cont", "{}", Clock::now() + query_time));
        return state;
    }

    std::optional<Conclusion> judge(const QmpEvent& event) {
        if (event.name != "SHUTDOWN") return std::nullopt;
        if (event.reason == "guest-reset") return Conclusion{reset_or_triple_fault(), ""};
        if (event.reason == "guest-panic") return Conclusion{Verdict::emulator_error, "the guest could not run on"};
        if (event.reason.starts_with("guest")) return switched_off();
        return Conclusion{Verdict::closed, ""};
    }

    // Without QEMU's log (KVM) the instruction tells: whoever resets on purpose writes to a port.
    Verdict reset_or_triple_fault() {
        if (machine_.faults().open())
            return machine_.faults().read().triple_fault ? Verdict::triple_fault : Verdict::reset;
        auto text = machine_.control().human("x /1i $pc", Clock::now() + query_time);
        return text && text->contains(" out") ? Verdict::reset : Verdict::triple_fault;
    }

    // Newer QEMUs take isa-debug-exit for switching off, and say the value when they end.
    Conclusion switched_off() {
        machine_.stop();
        return verdict_of_exit(machine_.ended().value_or(0)).value_or(Conclusion{Verdict::switched_off, ""});
    }

    Conclusion ended() {
        for (const QmpEvent& event : machine_.control().take_events())
            if (auto conclusion = judge(event)) return *conclusion;
        machine_.stop();
        machine_.read_errors();
        if (machine_.ended() == 0) return {Verdict::closed, ""};
        std::string words = last_lines(machine_.error_text(), 2);
        if (words.empty() && !machine_.killed())
            if (auto verdict = verdict_of_exit(machine_.ended().value_or(0))) return *verdict;
        return {Verdict::emulator_error,
                words.empty() ? fmt::format("exit code {}", machine_.ended().value_or(-1)) : words};
    }

    bool take_serial() {
        auto bytes = machine_.read_serial();
        if (!bytes) return false;
        if (bytes->empty()) return true;
        if (options_.raw) options_.raw(*bytes);
        std::string plain = text_.feed(*bytes);
        if (options_.plain) options_.plain(plain);
        log_.feed(plain);
        return true;
    }

    // QEMU keeps a few bytes back while the socket is full; a reply on the control socket shows that its loop has run.
    void drain() {
        take_serial();
        if (machine_.ended()) return;
        [[maybe_unused]] auto ignored = machine_.control().execute("query-status", "{}", Clock::now() + query_time);
        take_serial();
    }

    void take_keyboard() {
        std::array<char, 256> keys;
        ssize_t count = ::read(STDIN_FILENO, keys.data(), keys.size());
        if (count <= 0)
            keyboard_ = false;
        else
            machine_.write_serial({keys.data(), static_cast<std::size_t>(count)});
    }

    Conclusion name_reason(Conclusion conclusion) {
        // One that does not stop afterwards has panicked all the same.
        const bool stopped = conclusion.verdict == Verdict::halted || conclusion.verdict == Verdict::timed_out;
        if (stopped && log_.panic()) return {Verdict::panicked, *log_.panic()};
        if (conclusion.verdict == Verdict::loader_error) conclusion.detail = log_.loader_error().value_or("");
        return conclusion;
    }

    Machine& machine_;
    Signals& signals_;
    const WatchOptions& options_;
    PlainText text_{};
    LogWatch log_{};
    bool keyboard_;
    bool keyboard_ready_ = false;
    Clock::time_point next_look_{};
};

}  // namespace

Conclusion watch(Machine& machine, Signals& signals, const WatchOptions& options) {
    return Watch(machine, signals, options).run();
}

}  // namespace lintel::runner
