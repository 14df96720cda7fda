#include "functions/store/model_file.hpp"

#include <dirent.h>

#include <cstdio>
#include <vector>

namespace freshet::store {
namespace {

constexpr std::uint64_t kCheckedBytesMax = 64u << 20;  // quick_check reads the whole file: up to here in well under a second

// Not being there is fine.
void remove_database(const std::string& path) {
  std::remove(path.c_str());
  std::remove((path + "-journal").c_str());
}

}  // namespace

std::string ModelFile::complete_path() const { return folder_ + "/read-" + std::to_string(kProjectionVersion) + ".db"; }
std::string ModelFile::building_path() const { return folder_ + "/read-" + std::to_string(kProjectionVersion) + ".building"; }

bool ModelFile::exists() const {
  std::FILE* file = std::fopen(complete_path().c_str(), "rb");
  if (file == nullptr) return false;
  std::fclose(file);
  return true;
}

Result<std::unique_ptr<ReadModel>> ModelFile::open() const { return ReadModel::open(complete_path(), kCheckedBytesMax); }

Result<std::unique_ptr<ReadModel>> ModelFile::begin_build() const {
  remove_database(complete_path());
  remove_database(building_path());
  return ReadModel::create(building_path());
}

Result<std::unique_ptr<ReadModel>> ModelFile::complete(std::unique_ptr<ReadModel> built) const {
  built.reset();
  std::remove((building_path() + "-journal").c_str());
  if (std::rename(building_path().c_str(), complete_path().c_str()) != 0) {
    return Error{Errc::kUnavailable, "the finished read model cannot be renamed to " + complete_path()};
  }
  remove_other_versions();
  return ReadModel::open(complete_path(), 0);
}

void ModelFile::remove_other_versions() const {
  DIR* folder = ::opendir(folder_.c_str());
  if (folder == nullptr) return;
  const std::string ours = "read-" + std::to_string(kProjectionVersion) + ".";
  std::vector<std::string> others;
  while (const dirent* entry = ::readdir(folder)) {
    const std::string name = entry->d_name;
    if (name.starts_with("read-") && !name.starts_with(ours)) others.push_back(name);
  }
  ::closedir(folder);
  for (const std::string& name : others) std::remove((folder_ + '/' + name).c_str());
}

}  // namespace freshet::store
