// The files of the database engine, watched: the first write or sync that fails ends the process.
//
// The engine would go on, keep the failure for whoever asks next, and try some of it again; in
// between it may answer. Here nothing comes after (see store/disk.hpp). What cannot even be opened
// is told to the engine, which has written nothing then.
#pragma once

#include <memory>

namespace rocksdb {
class FileSystem;
}

namespace plume {

/// `files`, with files and directories that are watched.
std::shared_ptr<rocksdb::FileSystem> watch_files(const std::shared_ptr<rocksdb::FileSystem>& files);

}  // namespace plume
