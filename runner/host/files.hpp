// Files and folders of the host, with failures as sentences instead of exceptions.
// Invariant: a file that is written under its final name is complete; what is temporary goes away with its owner.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "runner/host/failure.hpp"

namespace lintel::runner {

namespace fs = std::filesystem;

/// An open file descriptor that closes itself.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int number() const { return number_; }
    [[nodiscard]] bool open() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// A folder of this process's own under TMPDIR, removed with all that is in it.
class TemporaryFolder {
public:
    static Outcome<TemporaryFolder> make();
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~TemporaryFolder();

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

/// A file or a folder beside `target` that takes its name on commit() and vanishes otherwise.
class Pending {
public:
    explicit Pending(fs::path target);
    Pending(const Pending&) = delete;
    Pending& operator=(const Pending&) = delete;
    ~Pending();

    [[nodiscard]] const fs::path& path() const { return path_; }
    Outcome<void> commit();

private:
    fs::path target_;
    fs::path path_;
};

/// All of these end early, as a failure, once the runner is to end (go_on()). `what` names the file in the failure's
/// sentence: "the kernel".
Outcome<std::string> read_file(const fs::path& path, std::string_view what);
/// Straight into the file, for one that is temporary.
Outcome<void> write_file(const fs::path& path, std::string_view bytes);
/// The file has all of it, or is as it was before.
Outcome<void> replace_file(const fs::path& path, std::string_view bytes);
Outcome<void> copy_file(const fs::path& from, const fs::path& to, std::string_view what);
Outcome<void> make_folders(const fs::path& path);

bool is_file(const fs::path& path);
bool is_folder(const fs::path& path);

/// Where the shell would find `name`; a name with a slash stands for itself.
std::optional<fs::path> find_program(std::string_view name);

/// The first of `names` that find_program() finds.
std::optional<fs::path> find_program(std::initializer_list<std::string_view> names);

/// The variable's value; nothing where it is unset or empty.
std::optional<std::string> environment(const char* name);

}  // namespace lintel::runner
