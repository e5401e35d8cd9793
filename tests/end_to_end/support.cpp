// See the header.
// Invariant: a failure of the support itself throws, which GoogleTest reports as the test's failure.
#include "tests/end_to_end/support.hpp"

#include <arpa/inet.h>
#include <elf.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pty.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include <utmp.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <regex>
#include <stdexcept>

#include "protocol/wire.hpp"

namespace lintel::end_to_end {

namespace {

template <class T>
T must(runner::Outcome<T> outcome) {
    if (!outcome) throw std::runtime_error(outcome.error().sentence);
    if constexpr (!std::is_void_v<T>) return *std::move(outcome);
}

template <class T>
T read_at(std::string_view bytes, std::size_t offset) {
    if (offset + sizeof(T) > bytes.size()) throw std::runtime_error("the kernel's ELF ends too early");
    T value;
    std::memcpy(&value, bytes.data() + offset, sizeof value);
    return value;
}

const Settings quiet_settings = {{"LIMINE_PATH", ""}, {"DISPLAY", ""}, {"WAYLAND_DISPLAY", ""}};

}  // namespace

fs::path command() { return LINTEL_COMMAND; }
fs::path source_folder() { return LINTEL_SOURCE_FOLDER; }
fs::path build_folder() { return LINTEL_BUILD_FOLDER; }
fs::path kernel() { return LINTEL_KERNEL; }
fs::path debug_kernel() { return build_folder() / "kernel/kernel-debug.elf"; }
fs::path test_kernel() { return build_folder() / "kernel/kernel-test.elf"; }

std::string without_stamps(std::string_view text) {
    static const std::regex stamp(R"(^\[ *[0-9]+\.[0-9]{6} [0-9]+\] )");
    std::string result;
    while (!text.empty()) {
        const std::string line(text.substr(0, text.find('\n') + 1));  // all of it where there is no more line feed
        result += std::regex_replace(line.empty() ? std::string(text) : line, stamp, "kernel: ");
        text.remove_prefix(line.empty() ? text.size() : line.size());
    }
    return result;
}

Answer run(Words words, const Settings& settings) {
    Scratch scratch;
    const fs::path errors = scratch / "stderr";
    runner::Descriptor file(::open(errors.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    Settings all = settings;
    for (const auto& one : quiet_settings)
        if (std::ranges::find(settings, one.first, &std::pair<std::string, std::string>::first) == settings.end())
            all.push_back(one);
    auto finished = must(runner::run({.arguments = std::move(words), .environment = all, .errors = file.number()}));
    return {finished.status, without_stamps(finished.text), contents(errors)};
}

Answer lintel(Words words, const Settings& settings) {
    const bool boots = !words.empty() && (words[0] == "run" || words[0] == "debug" || words[0] == "image");
    if (boots && std::ranges::find(words, "--loader") == words.end())
        words.insert(words.begin() + 1, {"--loader", "lintel"});
    words.insert(words.begin(), command());
    return run(std::move(words), settings);
}

Scratch::Scratch() : folder_(must(runner::TemporaryFolder::make())) {}

fs::path Scratch::add(const fs::path& name, std::string_view text) {
    const fs::path path = *this / name;
    must(runner::make_folders(path.parent_path()));
    must(runner::write_file(path, text));
    return path;
}

fs::path Scratch::add_program(const fs::path& name, std::string_view script) {
    const fs::path path = add(name, script);
    fs::permissions(path, fs::perms::owner_all);
    return path;
}

Terminal::Terminal(Words words) {
    words.insert(words.begin(), command());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    if (::openpty(&terminal_, &other_side_, nullptr, nullptr, nullptr) != 0)
        throw std::runtime_error("no pseudo-terminal");
    program_ = ::fork();
    if (program_ == 0) {
        ::login_tty(other_side_);
        for (const auto& [name, value] : quiet_settings) ::setenv(name.c_str(), value.c_str(), 1);
        ::execv(arguments[0], arguments.data());
        ::_exit(127);
    }
}

Terminal::~Terminal() {
    if (program_ > 0) {
        ::kill(program_, SIGTERM);
        ::waitpid(program_, nullptr, 0);
    }
    ::close(terminal_);
    ::close(other_side_);
}

bool Terminal::read_some(std::chrono::steady_clock::time_point deadline) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd wait{terminal_, POLLIN, 0};
    // Our own descriptor keeps the terminal open, so its end does not show: look at the program now and then.
    const bool readable = ::poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left.count(), 50))) > 0;
    char piece[4096];
    ssize_t count = readable ? ::read(terminal_, piece, sizeof piece) : 0;
    if (count > 0) text_.append(piece, static_cast<std::size_t>(count));
    return true;
}

bool Terminal::wait_for(std::string_view text, std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!text_.contains(text))
        if (!read_some(deadline)) return false;
    return true;
}

void Terminal::type(std::string_view keys) {
    if (::write(terminal_, keys.data(), keys.size()) < 0) throw std::runtime_error("cannot type");
}

int Terminal::finish(std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    int state = 0;
    while (::waitpid(program_, &state, WNOHANG) == 0)
        if (!read_some(deadline)) return -1;
    program_ = -1;
    while (true) {
        pollfd wait{terminal_, POLLIN, 0};
        if (::poll(&wait, 1, 0) <= 0 || !read_some(std::chrono::steady_clock::now() + std::chrono::seconds(1))) break;
    }
    return WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
}

bool Terminal::sane() const {
    termios now{};
    return ::tcgetattr(other_side_, &now) == 0 && (now.c_lflag & ICANON) != 0 && (now.c_lflag & ECHO) != 0;
}

std::string contents(const fs::path& file) { return must(runner::read_file(file, "the test's file")); }

std::string kernel_that_starts_with(std::string_view code) {
    std::string bytes = contents(kernel());
    const auto header = read_at<Elf64_Ehdr>(bytes, 0);
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        const auto segment = read_at<Elf64_Phdr>(bytes, header.e_phoff + i * header.e_phentsize);
        const std::uint64_t offset = header.e_entry - segment.p_vaddr;
        if (segment.p_type != PT_LOAD || header.e_entry < segment.p_vaddr || offset >= segment.p_filesz) continue;
        return bytes.replace(segment.p_offset + offset, code.size(), code);
    }
    throw std::runtime_error("the kernel's entry lies in no segment");
}

std::string kernel_with_base_revision(std::uint64_t revision) {
    std::string bytes = contents(kernel());
    const std::uint64_t words[] = {limine::base_revision_magic.first, limine::base_revision_magic.second, revision};
    std::string tag(sizeof words, '\0');
    std::memcpy(tag.data(), words, sizeof words);
    const std::size_t at = bytes.find(tag.substr(0, 16));
    if (at == std::string::npos) throw std::runtime_error("the kernel has no base revision tag");
    return bytes.replace(at, tag.size(), tag);
}

std::string scripted_kernel(std::string_view script) {
    std::string bytes = contents(LINTEL_SCRIPTED_KERNEL);
    const std::size_t at = bytes.find("lintel scripted kernel: ");
    if (at == std::string::npos || script.size() >= 1024) throw std::runtime_error("no room for the kernel's script");
    return bytes.replace(at, script.size() + 1, std::string(script) + '\0');
}

unsigned free_port() {
    runner::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    // Safety: this is how the sockets interface spells a base class.
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket.number(), generic, size) != 0 || ::getsockname(socket.number(), generic, &size) != 0)
        throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        lines.emplace_back(line);
    }
    return lines;
}

}  // namespace lintel::end_to_end
