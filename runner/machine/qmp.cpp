// QMP is one JSON object per line: a greeting, then replies in the order of the commands, with events in between.
// Invariant: one command is under way at a time, so the next reply answers it.
#include "runner/machine/qmp.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "runner/host/signals.hpp"

namespace lintel::runner {

namespace {

using Json = nlohmann::json;

std::unexpected<Failure> emulator_failure(std::string sentence) {
    return std::unexpected(Failure{std::move(sentence), Exit::emulator_error});
}

int milliseconds_until(Clock::time_point deadline) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

}  // namespace

Outcome<Qmp> Qmp::connect(const fs::path& socket) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket.string().size() >= sizeof address.sun_path) return refuse("{} is too long a path", socket.string());
    std::memcpy(address.sun_path, socket.c_str(), socket.string().size());
    Descriptor connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    // Safety: this is how the sockets interface spells a base class.
    if (::connect(connection.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return refuse("cannot connect to {}: {}", socket.string(), std::strerror(errno));
    return Qmp(std::move(connection));
}

void Qmp::take_line(std::string_view line) {
    Json object = Json::parse(line, nullptr, false);
    if (!object.is_object()) return;
    if (object.contains("QMP")) {
        greeted_ = true;
    } else if (object.contains("event")) {
        QmpEvent event{object.value("event", ""), ""};
        if (auto data = object.find("data"); data != object.end() && data->is_object() && data->contains("reason"))
            event.reason = data->value("reason", "");
        events_.push_back(std::move(event));
    } else {
        replies_.emplace_back(line);
    }
}

bool Qmp::pump() {
    std::array<char, 16384> piece;
    while (true) {
        ssize_t count = ::recv(socket_.number(), piece.data(), piece.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK;
        if (count == 0) return false;
        pending_.append(piece.data(), static_cast<std::size_t>(count));
        std::size_t start = 0;
        for (std::size_t end; (end = pending_.find('\n', start)) != std::string::npos; start = end + 1)
            take_line(std::string_view(pending_).substr(start, end - start));
        pending_.erase(0, start);
    }
}

Outcome<void> Qmp::greet(Clock::time_point deadline) {
    while (!greeted_) {
        TRY(go_on());
        std::array<pollfd, 2> places = {{{socket_.number(), POLLIN, 0}, {interruption(), POLLIN, 0}}};
        if (::poll(places.data(), places.size(), milliseconds_until(deadline)) == 0 && Clock::now() >= deadline)
            return emulator_failure("QEMU does not answer on its control socket");
        if (!pump() && !greeted_) return emulator_failure("QEMU ended before the machine started");
    }
    TRY(execute("qmp_capabilities", "{}", deadline));
    return {};
}

Outcome<std::string> Qmp::reply(std::string_view command, Clock::time_point deadline) {
    bool connected = true;
    while (replies_.empty()) {
        if (!connected) return emulator_failure(fmt::format("QEMU ended during its command {}", command));
        if (Clock::now() >= deadline) return emulator_failure(fmt::format("QEMU does not answer {}", command));
        pollfd wait{socket_.number(), POLLIN, 0};
        ::poll(&wait, 1, milliseconds_until(deadline));
        connected = pump();
    }
    Json object = Json::parse(replies_.front(), nullptr, false);
    replies_.erase(replies_.begin());
    if (object.contains("error"))
        return emulator_failure(fmt::format("QEMU refused {}: {}", command, object["error"].value("desc", "")));
    return object["return"].dump();
}

Outcome<std::string> Qmp::execute(std::string_view command, std::string_view arguments, Clock::time_point deadline) {
    Json object = {{"execute", command}, {"arguments", Json::parse(arguments)}};
    std::string line = object.dump() + "\n";
    for (std::string_view left = line; !left.empty();) {
        ssize_t count = ::send(socket_.number(), left.data(), left.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return emulator_failure(fmt::format("QEMU ended before its command {}", command));
        left.remove_prefix(static_cast<std::size_t>(count));
    }
    return reply(command, deadline);
}

Outcome<std::string> Qmp::human(std::string_view line, Clock::time_point deadline) {
    Json arguments = {{"command-line", line}};
    std::string text = TRY(execute("human-monitor-command", arguments.dump(), deadline));
    Json result = Json::parse(text, nullptr, false);
    return result.is_string() ? result.get<std::string>() : std::string();
}

Outcome<void> Qmp::screenshot(const fs::path& file, Clock::time_point deadline) {
    Pending pending(fs::absolute(file));
    Json arguments = {{"filename", pending.path().string()}};
    if (file.extension() == ".png") arguments["format"] = "png";
    TRY(execute("screendump", arguments.dump(), deadline));
    return pending.commit();
}

Outcome<void> Qmp::press(const std::vector<std::string>& keys, Clock::time_point deadline) {
    Json list = Json::array();
    for (const std::string& key : keys) list.push_back({{"type", "qcode"}, {"data", key}});
    Json arguments = {{"keys", list}};
    TRY(execute("send-key", arguments.dump(), deadline));
    return {};
}

}  // namespace lintel::runner
