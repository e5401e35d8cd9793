// A disk in memory, and how programs of the host put something on it.
// Invariant: a read outside the disk fails the test that caused it.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "loader/core/device.hpp"

namespace lintel::loader {

class MemoryDisk final : public BlockDevice {
public:
    explicit MemoryDisk(std::size_t size) : content(size) {}
    explicit MemoryDisk(std::vector<std::byte> content) : content(std::move(content)) {}

    Status read(std::uint64_t offset, MutableBytes into) override {
        auto from = slice(content, offset, into.size());
        EXPECT_TRUE(from) << "a read leaves the disk";
        if (from && !into.empty()) std::memcpy(into.data(), from->data(), into.size());
        return {};
    }
    [[nodiscard]] std::uint64_t size() const override { return content.size(); }

    MemoryDisk& put_bytes(std::size_t offset, Bytes bytes) {
        if (!bytes.empty()) std::memcpy(content.data() + offset, bytes.data(), bytes.size());
        return *this;
    }
    MemoryDisk& put_text(std::size_t offset, std::string_view text) { return put_bytes(offset, as_bytes(text)); }
    template <class T>
    MemoryDisk& put(std::size_t offset, T value) {
        std::memcpy(content.data() + offset, &value, sizeof value);
        return *this;
    }

    std::vector<std::byte> content;
};

/// A folder for a test's images, and programs that make them there.
class Workshop {
public:
    Workshop() {
        std::string name = (std::filesystem::temp_directory_path() / "disk-test-XXXXXX").string();
        folder_ = mkdtemp(name.data());
    }
    Workshop(const Workshop&) = delete;
    Workshop& operator=(const Workshop&) = delete;
    ~Workshop() { std::filesystem::remove_all(folder_); }

    /// Runs words of the shell in the folder.
    void run(const std::string& words) const {
        std::string command = "cd '" + folder_.string() + "' && (" + words + ") > log 2>&1";
        if (std::system(command.c_str()) != 0) ADD_FAILURE() << words << "\n" << as_text(disk("log").content);
    }
    void add(const std::string& name, std::string_view content) const {
        std::ofstream(folder_ / name, std::ios::binary) << content;
    }
    [[nodiscard]] MemoryDisk disk(const std::string& name) const {
        MemoryDisk disk(std::filesystem::file_size(folder_ / name));
        std::ifstream(folder_ / name, std::ios::binary)
            .read(reinterpret_cast<char*>(disk.content.data()), static_cast<std::streamsize>(disk.content.size()));
        return disk;
    }

private:
    std::filesystem::path folder_;
};

}  // namespace lintel::loader
