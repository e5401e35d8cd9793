// A path's hash that is not the file's: "the bootloader will verify the hash before honouring the module".
#include "tests/conformance/refused/modules.hpp"

namespace lintel::conformance {
namespace {

constinit const limine::InternalModule module{
    "internal.txt#0000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000",
    "", limine::internal_module_required};
constinit const limine::InternalModule* const modules[] = {&module};
[[gnu::used, gnu::retain, gnu::section(".limine_requests")]] alignas(8) constinit OneModuleRequest request{
    .modules = modules};

}  // namespace
}  // namespace lintel::conformance
