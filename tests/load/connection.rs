//! One keep-alive connection, with as little work as possible: the driver shares its cores with the server.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

pub struct Connection {
    stream: TcpStream,
    /// Read from the stream and not yet used.
    buffer: Vec<u8>,
    /// Of a session that has begun.
    cookie: Option<String>,
}

pub struct Answer {
    pub status: u16,
    /// Path of a redirect.
    pub location: Option<String>,
    /// Media type.
    pub kind: String,
    /// Compressed when that was asked for.
    pub body: Vec<u8>,
}

/// What is sent with a POST.
pub struct Body<'a> {
    pub kind: &'a str,
    pub bytes: &'a [u8],
}

pub const FORM: &str = "application/x-www-form-urlencoded";
pub const JSON: &str = "application/json";

impl Connection {
    pub fn open(address: SocketAddr) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Connection {
            stream,
            buffer: Vec::new(),
            cookie: None,
        })
    }

    /// Sends a request and reads its answer. With a body it is a POST.
    ///
    /// # Errors
    /// The connection fails, or what comes back is not HTTP.
    pub fn ask(&mut self, path: &str, body: Option<&Body<'_>>, gzip: bool) -> io::Result<Answer> {
        let mut headers = String::from("host: localhost\r\n");
        if gzip {
            headers.push_str("accept-encoding: gzip\r\n");
        }
        if let Some(cookie) = &self.cookie {
            headers.push_str(&format!("cookie: {cookie}\r\n"));
        }
        let mut request = match body {
            None => format!("GET {path} HTTP/1.1\r\n{headers}\r\n").into_bytes(),
            Some(Body { kind, bytes }) => {
                let length = bytes.len();
                format!("POST {path} HTTP/1.1\r\n{headers}content-type: {kind}\r\ncontent-length: {length}\r\n\r\n")
                    .into_bytes()
            }
        };
        request.extend_from_slice(body.map_or(&[], |body| body.bytes));
        self.stream.write_all(&request)?;
        self.answer()
    }

    fn answer(&mut self) -> io::Result<Answer> {
        let head = self.until(b"\r\n\r\n")?;
        let head = String::from_utf8(head).map_err(|_| broken("a head that is no text"))?;
        let mut lines = head.lines();
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1)?.parse().ok());
        let status = status.ok_or_else(|| broken("no status"))?;
        let (mut location, mut kind, mut length, mut chunked) = (None, String::new(), 0, false);
        for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
            match name {
                "location" => location = Some(value.to_owned()),
                "content-type" => kind = value.to_owned(),
                "set-cookie" => {
                    let cookie = value.split(';').next().unwrap_or_default();
                    self.cookie = Some(cookie.to_owned());
                }
                "content-length" => {
                    length = value
                        .parse()
                        .map_err(|_| broken("a length that is no number"))?
                }
                "transfer-encoding" => chunked = value == "chunked",
                _ => {}
            }
        }
        let body = if chunked {
            self.chunks()?
        } else {
            self.exactly(length)?
        };
        Ok(Answer {
            status,
            location,
            kind,
            body,
        })
    }

    fn chunks(&mut self) -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        loop {
            let line = self.until(b"\r\n")?;
            let length = std::str::from_utf8(&line)
                .ok()
                .and_then(|line| usize::from_str_radix(line.trim(), 16).ok());
            let length = length.ok_or_else(|| broken("a chunk without length"))?;
            body.extend(self.exactly(length)?);
            self.exactly(2)?;
            if length == 0 {
                return Ok(body);
            }
        }
    }

    /// Everything up to and with `end`.
    fn until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        let mut looked = 0;
        loop {
            let from = looked;
            if let Some(at) = self.buffer[from..]
                .windows(end.len())
                .position(|window| window == end)
            {
                return Ok(self.take(from + at + end.len()));
            }
            looked = self.buffer.len().saturating_sub(end.len() - 1);
            self.more()?;
        }
    }

    fn exactly(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < length {
            self.more()?;
        }
        Ok(self.take(length))
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        let rest = self.buffer.split_off(length);
        std::mem::replace(&mut self.buffer, rest)
    }

    fn more(&mut self) -> io::Result<()> {
        let mut chunk = [0; 16 * 1024];
        let read = self.stream.read(&mut chunk)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.buffer.extend_from_slice(&chunk[..read]);
        Ok(())
    }
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}
