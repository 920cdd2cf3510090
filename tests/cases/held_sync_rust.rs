// SPDX-License-Identifier: GPL-2.0-or-later
// held_sync_rust FILE [WORKERS]: "log-writer" writes and syncs a line with a std::sync::Mutex held, again and again,
// on a disk whose syncs take long; 8 workers want to write a line, too. The lock keeps no owner.
//
// Perfect: 8 threads wait, up to T, for the std::sync::Mutex at 0x..., likely held by log-writer, which has been in
// fsync(FILE) for T.
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::thread::{sleep, Builder};
use std::time::Duration;

fn sync_lines(log: &Mutex<File>) {
    loop {
        let mut file = log.lock().unwrap();
        file.write_all(b"a line\n").unwrap();
        file.sync_all().unwrap();
    }
}

fn write_lines(log: &Mutex<File>) {
    loop {
        log.lock().unwrap().write_all(b"another\n").unwrap();
        sleep(Duration::from_millis(5));
    }
}

fn main() {
    let path = std::env::args().nth(1).unwrap();
    let workers = std::env::args().nth(2).map_or(8, |n| n.parse().unwrap());
    let log = Arc::new(Mutex::new(OpenOptions::new().create(true).append(true).open(path).unwrap()));
    let writers = log.clone();

    Builder::new().name("log-writer".into()).spawn(move || sync_lines(&writers)).unwrap();
    sleep(Duration::from_millis(100));
    for i in 0..workers {
        let log = log.clone();
        Builder::new().name(format!("worker-{i}")).spawn(move || write_lines(&log)).unwrap();
    }
    sleep(Duration::from_millis(1500));
    println!("ready");
    sleep(Duration::from_secs(1000));
}
