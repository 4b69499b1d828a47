//! throwaway
use std::sync::Arc;
use synthctr::{ctr::*, data::*, device::*, seed::*, progress::Progress};
struct P;
impl Progress for P { fn start(&self,_:&str,_:u64){} fn advance(&self,_:u64){} fn note(&self,t:&str){eprintln!("{t}")} fn finish(&self){} }
fn read(p:&str)->(Vec<Vec<u32>>,Vec<u8>){let s=std::fs::read_to_string(p).unwrap();let mut c=vec![vec![];10];let mut l=vec![];for line in s.lines().skip(1){let mut it=line.trim().split(',');l.push(it.next().unwrap().parse().unwrap());for f in 0..10{c[f].push(it.next().unwrap().parse().unwrap());}}(c,l)}
fn main(){
 let a:Vec<String>=std::env::args().collect();
 let d=&a[1]; let parts:Vec<_>=["train","valid","test"].iter().map(|p|read(&format!("{d}/{p}.csv"))).collect();
 let mut maps=vec![];let mut fields=vec![];
 for f in 0..10{let mut v:Vec<u32>=parts[0].0[f].clone();v.sort();v.dedup();let m:std::collections::HashMap<u32,u32>=v.iter().enumerate().map(|(i,&x)|(x,i as u32)).collect();fields.push(Field::categorical(format!("f{f}"),v.iter().map(|x|x.to_string()).collect()));maps.push(m);}
 let schema=Arc::new(Schema{label:"label".into(),fields});
 let t:Vec<Table>=parts.iter().map(|(c,l)|Table::new(schema.clone(),(0..10).map(|f|c[f].iter().map(|x|maps[f].get(x).copied().unwrap_or(schema.fields[f].unseen())).collect()).collect(),l.clone())).collect();
 let dev=match a.get(4).map(|s|s.as_str()){Some("ndarray")=>Device::NdArray,_=>Device::Cpu};
 let m=match a[2].as_str(){"dnn"=>ModelConfig::Dnn(Default::default()),"deepfm"=>ModelConfig::DeepFm(Default::default()),_=>ModelConfig::MaskNet(Default::default())};
 let tc=TrainingConfig{epochs:a[3].parse().unwrap(),..Default::default()};
 let r=train(dev,&m,&tc,&t[0],&t[1],Seed::master(1),&P).unwrap();
 for e in r.history(){println!("{e:?}");}
 let s=r.predict(&t[2]); println!("test auc {:?}",synthctr::metrics::auc(t[2].labels(),&s));
}
