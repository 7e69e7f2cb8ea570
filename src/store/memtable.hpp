// Where RocksDB keeps the fresh writes of a table, sorted, until they become a file.
#pragma once

#include <memory>

namespace rocksdb {
class MemTableRepFactory;
}  // namespace rocksdb

namespace plume {

/// A skip list for one writer at a time and any number of readers, who need no lock. It looks for
/// the place of a key from that of the last one on, so sorted batches are cheap. For tables whose
/// keys are ordered byte by byte and have no timestamps.
///
/// RocksDB's own does the same in three times the time where it was built with its assertions, as
/// Debian's is: they compare keys anew at every step.
std::shared_ptr<rocksdb::MemTableRepFactory> finger_memtables();

}  // namespace plume
