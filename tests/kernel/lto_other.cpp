#include "lto_other.hpp"

#include "protocol/limine.hpp"

std::uint64_t other_hhdm_offset() {
    const auto* hhdm = limine::request<limine::Hhdm>.response();
    limine::request<limine::StackSize<65536>>.ask();
    return hhdm == nullptr ? 0 : hhdm->offset;
}
