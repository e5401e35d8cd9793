// The volumes of a machine that a test makes up.
// Invariant: `boot():/` is the one that the search for the configuration settled on, and nothing else is found.
#pragma once

#include <utility>
#include <vector>

#include "loader/core/volume.hpp"

namespace lintel::loader {

class FakeVolumes final : public Volumes {
public:
    explicit FakeVolumes(std::vector<Volume*> volumes) : volumes_(std::move(volumes)) {}

    Result<Volume*> find(const Path& path) override {
        if (path.resource == Resource::boot && path.argument.empty()) return volumes_[settled];
        return fail(ErrorCode::not_found, "there is no such volume", path.text);
    }
    std::size_t candidate_count() override { return volumes_.size(); }
    Result<Volume*> candidate(std::size_t index) override { return volumes_[index]; }
    void settle_on(std::size_t candidate) override { settled = candidate; }

    std::size_t settled = 0;

private:
    std::vector<Volume*> volumes_;
};

}  // namespace lintel::loader
