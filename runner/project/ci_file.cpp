// See the header. Services: docs.github.com/actions (workflow syntax), docs.gitlab.com/ci/yaml (keyword reference).
#include "runner/project/ci_file.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace lintel::runner {

namespace {

// The kernels are split over machines by `--shard`; what failures leave is kept with the run.
constexpr const char* github =
    R"(# Made by `lintel init --ci github`: builds the kernels and tests them on {0} machines.
name: test
on: [push, pull_request]

env:
  # The Debian package of the runner (`cpack` in Lintel's tree makes it), in the repository or fetched before its use.
  LINTEL_PACKAGE: ./lintel.deb

jobs:
  test:
    runs-on: ubuntu-24.04
    strategy:
      fail-fast: false
      matrix:
        shard: [{1}]
    steps:
      - uses: actions/checkout@v4
      - name: Install the runner
        run: sudo apt-get update && sudo apt-get install -y --no-install-recommends "$LINTEL_PACKAGE"
      - name: Build
        run: {2}
      - name: Test
        run: lintel test --shard ${{{{ matrix.shard }}}}/{0} --format junit --output results.xml
      - name: Keep the results
        if: always()
        uses: actions/upload-artifact@v4
        with:
          name: results-${{{{ matrix.shard }}}}
          path: |
            results.xml
            lintel-artifacts/
          if-no-files-found: ignore
)";

constexpr const char* gitlab =
    R"(# Made by `lintel init --ci gitlab`: builds the kernels and tests them on {0} machines.
test:
  image: debian:12
  parallel: {0}
  variables:
    # The Debian package of the runner (`cpack` in Lintel's tree makes it), in the repository or fetched before its use.
    LINTEL_PACKAGE: ./lintel.deb
  before_script:
    - apt-get update
    - apt-get install -y --no-install-recommends "$LINTEL_PACKAGE"
  script:
    - {2}
    - lintel test --shard $CI_NODE_INDEX/$CI_NODE_TOTAL --format junit --output results.xml
  artifacts:
    when: always
    paths:
      - results.xml
      - lintel-artifacts/
    reports:
      junit: results.xml
)";

/// The first preset that both configures and builds; they choose the compiler, for one.
std::optional<std::string> first_preset(const fs::path& file) {
    auto text = read_file(file, "the presets");
    if (!text) return std::nullopt;
    const auto presets = nlohmann::json::parse(*text, nullptr, false);
    if (!presets.is_object()) return std::nullopt;
    auto names = [&](const char* kind) {
        std::vector<std::string> found;
        if (!presets.contains(kind) || !presets[kind].is_array()) return found;
        for (const auto& preset : presets[kind])
            if (preset.is_object() && preset.contains("name") && preset["name"].is_string() &&
                !preset.contains("hidden"))
                found.push_back(preset["name"]);
        return found;
    };
    const auto building = names("buildPresets");
    for (const std::string& name : names("configurePresets"))
        if (std::ranges::find(building, name) != building.end()) return name;
    return std::nullopt;
}

}  // namespace

fs::path ci_file_path(CiService service) {
    return service == CiService::github ? ".github/workflows/lintel.yml" : ".gitlab-ci.yml";
}

std::string build_command(const fs::path& folder) {
    if (auto preset = first_preset(folder / "CMakePresets.json"))
        return fmt::format("cmake --preset {0} && cmake --build --preset {0}", *preset);
    if (is_file(folder / "CMakeLists.txt")) return "cmake -B build && cmake --build build";
    if (is_file(folder / "Cargo.toml")) return "cargo build";
    if (is_file(folder / "meson.build")) return "meson setup build && meson compile -C build";
    if (is_file(folder / "build.zig")) return "zig build";
    return "make";
}

std::string ci_file(CiService service, unsigned shards, const std::string& build) {
    std::string list;
    for (unsigned shard = 1; shard <= shards; ++shard) list += fmt::format("{}{}", shard == 1 ? "" : ", ", shard);
    return service == CiService::github ? fmt::format(github, shards, list, build)
                                        : fmt::format(gitlab, shards, list, build);
}

}  // namespace lintel::runner
