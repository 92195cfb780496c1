//! `fuzz-seeds FOLDER`: writes a corpus of seeds for every target below the folder, and beside them
//! the dictionary.

use std::path::PathBuf;
use std::{env, fs, io};

use fuzz_judge::seeds::{dictionary, seeds};

fn main() -> io::Result<()> {
    let usage = || io::Error::other("give the folder to write to, such as fuzz/corpus");
    let folder = PathBuf::from(env::args_os().nth(1).ok_or_else(usage)?);
    let seeds = seeds();
    for seed in &seeds {
        let folder = folder.join(seed.target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(&seed.name), &seed.bytes)?;
    }
    fs::write(folder.join("dictionary"), dictionary(&seeds))
}
