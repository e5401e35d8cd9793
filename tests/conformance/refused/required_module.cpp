// LIMINE_INTERNAL_MODULE_REQUIRED: "Fail if the requested module is not found."
#include "tests/conformance/refused/modules.hpp"

namespace lintel::conformance {
namespace {

constinit const limine::InternalModule module{"there-is-no-such-file.txt", "", limine::internal_module_required};
constinit const limine::InternalModule* const modules[] = {&module};
[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit OneModuleRequest request{
    .modules = modules};

}  // namespace
}  // namespace lintel::conformance
