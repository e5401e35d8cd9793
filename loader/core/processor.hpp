// What the core asks of the processor that it runs on; tests on the host answer it themselves.
#pragma once

#include <cstdint>
#include <optional>

#include "arch/arch.hpp"

namespace lintel::loader {

class Processor {
public:
    /// As arch::timestamp().
    virtual std::uint64_t timestamp() = 0;

    /// As arch::timestamp_frequency(), Hz.
    virtual std::optional<std::uint64_t> timestamp_frequency() = 0;

    /// As arch::hardware_random().
    virtual std::optional<std::uint64_t> hardware_random() = 0;

protected:
    ~Processor() = default;
};

/// The real one.
class NativeProcessor final : public Processor {
public:
    std::uint64_t timestamp() override { return arch::timestamp(); }
    std::optional<std::uint64_t> timestamp_frequency() override { return arch::timestamp_frequency(); }
    std::optional<std::uint64_t> hardware_random() override { return arch::hardware_random(); }
};

}  // namespace lintel::loader
