// The files of the database engine, watched: the first open, write or sync that fails ends the
// process. Only a file that is not there is left to the engine to tell.
//
// The engine would go on, keep the failure for whoever asks next under another name, and try some
// of it again; in between it may answer. Here nothing comes after (see store/disk.hpp).
#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace plume {

/// `files`, with files and directories that are watched.
std::shared_ptr<rocksdb::FileSystem> watch_files(const std::shared_ptr<rocksdb::FileSystem>& files);

}  // namespace plume
