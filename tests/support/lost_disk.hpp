// A disk that takes no more, for tests of what a program does then.
#pragma once

#include <cstddef>

namespace plume::test {

/// From now on every write beyond so many bytes of a file fails, for this process and for good.
void keep_files_from_growing(size_t bytes);

}  // namespace plume::test
