// A kernel's side of the Limine boot protocol, typed. To ask for a feature is to use it:
//
//     if (!limine::base_revision<6>.supported()) ...
//     if (const auto* hhdm = limine::request<limine::Hhdm>.response()) use(hhdm->offset);
//     limine::request<limine::StackSize<65536>>.ask();    // where the answer does not matter
//
// Invariant: each request exists once in a program, however many files use it (the linker folds them), stands in
// .limine_requests, and survives the optimizer, LTO and --gc-sections. The linker script keeps, in this order,
// .limine_requests_start, .limine_requests and .limine_requests_end. Header-only; needs no runtime.
#pragma once

#include <optional>

#include "protocol/wire.hpp"

namespace limine {

/// A request as it stands in the kernel's image ("Request").
template <class Feature>
class Request {
public:
    /// What the loader answered; null where it did not.
    [[nodiscard]] const typename Feature::Response* response() const { return response_; }

    /// For a kernel that has copied an answer elsewhere, and reuses the memory that the loader had it in.
    void replace(const typename Feature::Response* response) { response_ = response; }

    /// Asks and nothing more: naming the request is what puts it into the program.
    void ask() const {}

private:
    [[maybe_unused]] std::uint64_t id_[4] = {common_magic.first, common_magic.second, Feature::id.first,
                                             Feature::id.second};
    [[maybe_unused]] std::uint64_t revision_ = Feature::revision;
    // The loader writes it before the program starts, behind the compiler's back: volatile.
    const typename Feature::Response* volatile response_ = nullptr;
    [[maybe_unused, no_unique_address]] typename Feature::Parameters parameters_{};
};
static_assert(sizeof(Request<Hhdm>) == 48);
static_assert(sizeof(Request<StackSize<65536>>) == 56);
static_assert(sizeof(Request<PagingMode<PagingLevels::four>>) == 72);

/// "Base Revisions": which revision this kernel asks for, and what the loader made of it.
template <std::uint64_t wanted>
class BaseRevision {
public:
    /// The revision asked for.
    static constexpr std::uint64_t requested = wanted;

    /// Whether the loader complies with the revision asked for.
    [[nodiscard]] bool supported() const { return tag_[2] == 0; }

    /// The revision that the loader really used; nothing where it is too old to say.
    [[nodiscard]] std::optional<std::uint64_t> loaded() const {
        std::uint64_t word = tag_[1];
        if (word == base_revision_magic.second) return std::nullopt;
        return word;
    }

private:
    volatile std::uint64_t tag_[3] = {base_revision_magic.first, base_revision_magic.second, wanted};
};
static_assert(sizeof(BaseRevision<6>) == 24);

template <class Feature>
[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) inline constinit Request<Feature> request{};

template <std::uint64_t revision>
[[gnu::used, gnu::retain,
  gnu::section(".limine_requests")]] alignas(8) inline constinit BaseRevision<revision> base_revision{};

struct StartMarker {
    std::uint64_t words[4] = {start_marker_words[0], start_marker_words[1], start_marker_words[2],
                              start_marker_words[3]};
};

struct EndMarker {
    std::uint64_t words[2] = {end_marker_words[0], end_marker_words[1]};
};

// Including this file is enough to have the markers.
[[gnu::used, gnu::retain,
  gnu::section(".limine_requests_start")]] alignas(8) inline constinit StartMarker requests_start_marker{};
[[gnu::used, gnu::retain,
  gnu::section(".limine_requests_end")]] alignas(8) inline constinit EndMarker requests_end_marker{};

}  // namespace limine
