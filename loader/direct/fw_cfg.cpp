#include "loader/direct/fw_cfg.hpp"

#include <array>
#include <atomic>
#include <bit>

#include "arch/x86_64/ports.hpp"

namespace lintel::loader::direct {
namespace {

constexpr std::uint16_t selector_port = 0x510;
constexpr std::uint16_t data_port = 0x511;
constexpr std::uint16_t dma_port_high = 0x514;
constexpr std::uint16_t dma_port_low = 0x518;

constexpr std::uint16_t key_signature = 0x00;
constexpr std::uint16_t key_features = 0x01;
constexpr std::uint16_t key_directory = 0x19;
constexpr std::uint32_t feature_dma = 1 << 1;

// Bits of a DMA command's control word.
constexpr std::uint32_t dma_error = 1 << 0;
constexpr std::uint32_t dma_read = 1 << 1;
constexpr std::uint32_t dma_skip = 1 << 2;
constexpr std::uint32_t dma_select = 1 << 3;

// All numbers of the device are big-endian.
struct DmaCommand {
    std::uint32_t control;
    std::uint32_t length;
    std::uint64_t address;
};

struct DirectoryEntry {
    std::uint32_t size;
    std::uint16_t select;
    std::uint16_t reserved;
    std::array<char, 56> name;
};
static_assert(sizeof(DirectoryEntry) == 64);

constexpr std::uint32_t big(std::uint32_t value) { return std::byteswap(value); }

/// Runs one command; the device finishes it before the port write returns.
Status run(std::uint32_t control, std::uint32_t length, std::uint64_t address) {
    volatile DmaCommand command{.control = big(control), .length = big(length), .address = std::byteswap(address)};
    auto where = reinterpret_cast<std::uint64_t>(&command);
    arch::out32(dma_port_high, big(static_cast<std::uint32_t>(where >> 32)));
    // Safety: the command lives on our stack until the device has answered, and memory is identity-mapped.
    std::atomic_signal_fence(std::memory_order_seq_cst);
    arch::out32(dma_port_low, big(static_cast<std::uint32_t>(where)));
    if ((big(command.control) & dma_error) != 0)
        return fail(ErrorCode::device, "the machine does not hand over a file");
    return {};
}

Status transfer(std::uint16_t selector, std::uint32_t offset, MutableBytes into) {
    TRY(run(std::uint32_t{selector} << 16 | dma_select | dma_skip, offset, 0));
    return run(dma_read, static_cast<std::uint32_t>(into.size()), reinterpret_cast<std::uint64_t>(into.data()));
}

template <class T>
Result<T> get(std::uint16_t selector, std::uint32_t offset) {
    T value{};
    TRY(transfer(selector, offset, std::as_writable_bytes(std::span(&value, 1))));
    return value;
}

}  // namespace

Result<FirmwareConfiguration> FirmwareConfiguration::open() {
    arch::out16(selector_port, key_signature);
    std::array<char, 4> signature{};
    for (char& c : signature) c = static_cast<char>(arch::in8(data_port));
    if (std::string_view(signature.data(), signature.size()) != "QEMU")
        return fail(ErrorCode::not_found, "this machine has no fw_cfg device to take files from");
    std::uint32_t features = 0;
    arch::out16(selector_port, key_features);
    for (unsigned i = 0; i < 4; ++i) features |= std::uint32_t{arch::in8(data_port)} << (8 * i);
    if ((features & feature_dma) == 0)
        return fail(ErrorCode::unsupported, "this machine's fw_cfg device is too old: it has no DMA");
    return FirmwareConfiguration(big(TRY(get<std::uint32_t>(key_directory, 0))));
}

Result<FirmwareConfiguration::File> FirmwareConfiguration::find(std::string_view name) {
    for (std::uint32_t i = 0; i < file_count_; ++i) {
        auto offset = static_cast<std::uint32_t>(sizeof(std::uint32_t) + i * sizeof(DirectoryEntry));
        auto entry = TRY(get<DirectoryEntry>(key_directory, offset));
        std::string_view found(entry.name.data(), entry.name.size());
        if (found.substr(0, found.find('\0')) != name) continue;
        return File{.selector = std::byteswap(entry.select), .size = big(entry.size)};
    }
    return fail(ErrorCode::not_found, "the machine was not given the file", name);
}

Status FirmwareConfiguration::read(const File& file, std::uint32_t offset, MutableBytes into) {
    if (offset > file.size || into.size() > file.size - offset)
        return fail(ErrorCode::malformed, "a read would leave the file");
    return transfer(file.selector, offset, into);
}

}  // namespace lintel::loader::direct
