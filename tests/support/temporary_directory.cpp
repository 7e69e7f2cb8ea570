#include "support/temporary_directory.hpp"

#include <cstdlib>
#include <string>
#include <system_error>

#include "base/result.hpp"

namespace plume::test {

TemporaryDirectory::TemporaryDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "plume-test-XXXXXX").string();
    check(::mkdtemp(name.data()) != nullptr, "the temporary folder can be written");
    path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace plume::test
