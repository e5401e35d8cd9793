// What the core asks of the processor that it runs on; tests on the host answer it themselves.
#pragma once

#include <cstdint>
#include <optional>

#include "arch/arch.hpp"
#include "arch/enter.hpp"

namespace lintel::loader {

class Processor {
public:
    /// As arch::timestamp().
    virtual std::uint64_t timestamp() = 0;

    /// As arch::timestamp_frequency(), Hz.
    virtual std::optional<std::uint64_t> timestamp_frequency() = 0;

    /// As arch::hardware_random().
    virtual std::optional<std::uint64_t> hardware_random() = 0;

    /// As arch::paging_facts().
    virtual arch::PagingFacts paging() = 0;

protected:
    ~Processor() = default;
};

/// The real one.
class NativeProcessor final : public Processor {
public:
    std::uint64_t timestamp() override { return arch::timestamp(); }
    std::optional<std::uint64_t> timestamp_frequency() override { return arch::timestamp_frequency(); }
    std::optional<std::uint64_t> hardware_random() override { return arch::hardware_random(); }
    arch::PagingFacts paging() override { return arch::paging_facts(); }
};

}  // namespace lintel::loader
