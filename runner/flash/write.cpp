// See the header. The page cache is dropped before reading back (BLKFLSBUF), or the comparison would see what was
// written rather than what arrived.
#include "runner/flash/write.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace lintel::runner {

namespace {

constexpr std::size_t piece_size = 1 << 20;  // bytes
constexpr std::uint64_t sync_interval = 16 * piece_size;
constexpr std::uint64_t table_size = 33 * 512;  // the second copy of a GPT: UEFI 2.10, 5.3.1

std::unexpected<Failure> failed(std::string_view verb, std::uint64_t at) {
    return refuse("cannot {} at byte {}: {}; the device does not hold the image", verb, at, std::strerror(errno));
}

Outcome<void> write_at(int device, const char* bytes, std::size_t size, std::uint64_t at) {
    while (size > 0) {
        const ssize_t count = ::pwrite(device, bytes, size, static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return failed("write", at);
        bytes += count;
        size -= static_cast<std::size_t>(count);
        at += static_cast<std::uint64_t>(count);
    }
    return {};
}

/// Reads as much as there is, up to the piece's size.
Outcome<std::size_t> read_at(int file, std::vector<char>& piece, std::uint64_t at) {
    std::size_t filled = 0;
    while (filled < piece.size()) {
        const ssize_t count =
            ::pread(file, piece.data() + filled, piece.size() - filled, static_cast<off_t>(at + filled));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failed("read", at + filled);
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
    }
    return filled;
}

Outcome<bool> write_all(int source, int device, const Report& report, std::uint64_t& size) {
    std::vector<char> piece(piece_size);
    for (std::uint64_t at = 0;;) {
        if (!report(Progress::writing, at)) return false;
        const std::size_t count = TRY(read_at(source, piece, at));
        TRY(write_at(device, piece.data(), count, at));
        at += count;
        size = at;
        // Otherwise all of it would wait in memory for the last moment, with nobody to tell how far it is.
        if (at % sync_interval == 0 && ::fdatasync(device) != 0) return failed("write", at);
        if (count < piece.size()) return true;
    }
}

Outcome<bool> compare_all(int source, int device, const Report& report) {
    std::vector<char> wanted(piece_size);
    std::vector<char> found(piece_size);
    for (std::uint64_t at = 0;;) {
        if (!report(Progress::comparing, at)) return false;
        const std::size_t count = TRY(read_at(source, wanted, at));
        const std::size_t got = TRY(read_at(device, found, at));
        if (got < count) return refuse("only {} bytes can be read back; the device is faulty", at + got);
        const auto differs =
            std::mismatch(wanted.begin(), wanted.begin() + static_cast<std::ptrdiff_t>(count), found.begin());
        if (differs.first != wanted.begin() + static_cast<std::ptrdiff_t>(count))
            return refuse("what was read back differs from byte {} on; the device is faulty",
                          at + static_cast<std::uint64_t>(differs.first - wanted.begin()));
        at += count;
        if (count < wanted.size()) return true;
    }
}

}  // namespace

Outcome<Descriptor> claim(const fs::path& device) {
    Descriptor file(::open(device.c_str(), O_RDWR | O_EXCL | O_CLOEXEC));
    if (file.open()) return file;
    if (errno == EBUSY) return refuse("{} is in use; nothing was written", device.string());
    return refuse("cannot open {}: {}", device.string(), std::strerror(errno));
}

Outcome<bool> write_and_compare(const fs::path& image, int device, std::uint64_t device_size, const Report& report) {
    Descriptor source(::open(image.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source.open()) return refuse("cannot read the image {}: {}", image.string(), std::strerror(errno));
    std::uint64_t size = 0;
    if (!TRY(write_all(source.number(), device, report, size))) return false;
    if (device_size >= size + table_size) {
        const std::vector<char> zeros(table_size);
        TRY(write_at(device, zeros.data(), zeros.size(), device_size - table_size));
    }
    if (::fsync(device) != 0) return failed("write", size);
    ::ioctl(device, BLKFLSBUF, 0);
    ::posix_fadvise(device, 0, 0, POSIX_FADV_DONTNEED);
    if (!TRY(compare_all(source.number(), device, report))) return false;
    ::ioctl(device, BLKRRPART, 0);  // so that the host sees the new partitions; it may not care
    return true;
}

}  // namespace lintel::runner
