//! `meguri keygen`: the key pair with which a municipality signs its figures.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use engine::area::SecretKey;

use super::Failure;
use crate::random;

/// Makes a key pair: the secret key goes into the file, the public key to stdout.
///
/// 数値に署名するための鍵を作ります。秘密鍵はファイルに書き、公開鍵を表示します。公開鍵を、区域をまとめる市町村に伝えてください。
#[derive(Args)]
#[command(after_help = "例:  meguri keygen kasou.secret")]
pub struct Keygen {
    /// The file for the secret key; it must not be there yet.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

impl Keygen {
    pub fn run(self) -> Result<(), Failure> {
        let key = SecretKey::new(random::secret());
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let shown = self.file.display();
        let mut file = options
            .open(&self.file)
            .with_context(|| format!("{shown} に新しいファイルを作れません"))?;
        file.write_all(key.text().as_bytes())
            .and_then(|()| file.sync_all())
            .with_context(|| format!("{shown} に書けません"))?;
        println!("{}", key.public());
        eprintln!(
            "秘密鍵を {shown} に書きました。だれにも渡さず、控えを取ってください。上の1行が公開鍵です。"
        );
        Ok(())
    }
}
