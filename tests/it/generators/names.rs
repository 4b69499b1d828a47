//! Names, settings and what bad ones get.

use super::{config, constraint, fit, random_table, table};
use synthctr::device::Device;
use synthctr::generators::{Conditioning, FitOptions, GeneratorConfig, GeneratorKind, Way};

#[test]
fn names_are_the_same_everywhere() {
    for kind in GeneratorKind::ALL {
        let name = kind.name();
        assert_eq!(name.parse::<GeneratorKind>().expect("a name"), kind);
        assert_eq!(serde_json::to_value(kind).expect("json"), name);
        let config = GeneratorConfig::new(kind);
        assert_eq!(config.kind(), kind);
        assert_eq!(serde_json::to_value(&config).expect("json")["generator"], name);
        let parsed: GeneratorConfig =
            toml::from_str(&format!("generator = \"{name}\"")).expect("defaults for all settings");
        assert_eq!(parsed, config);
    }
    for conditioning in Conditioning::ALL {
        let name = conditioning.name();
        assert_eq!(name.parse::<Conditioning>().expect("a name"), conditioning);
        assert_eq!(serde_json::to_value(conditioning).expect("json"), name);
    }
}

#[test]
fn settings_keep_the_item_that_they_name() {
    let given: GeneratorConfig =
        toml::from_str("generator = \"uniform-item\"\nitem = \"song\"").expect("settings");
    let GeneratorConfig::UniformItem(settings) = given.with_fields(Some("item"), Some("user"))
    else {
        panic!("another generator");
    };
    assert_eq!((settings.item.as_str(), settings.user.as_deref()), ("song", Some("user")));
}

#[test]
fn numbers_that_would_ask_for_all_memory_or_time_are_refused() {
    for (text, wanted) in [
        ("generator = \"tvae\"\nepochs = 9000000000000000000", "tvae.epochs"),
        ("generator = \"ctgan\"\nepochs = 1000001", "ctgan.epochs"),
        ("generator = \"ctgan\"\nnoise_dim = 1000000000000", "ctgan.noise_dim"),
        ("generator = \"copula-gan\"\nctgan.noise_dim = 16385", "copula-gan.ctgan.noise_dim"),
        ("generator = \"tabddpm\"\nsteps = 9000000000000000000", "tabddpm.steps"),
    ] {
        let settings: GeneratorConfig = toml::from_str(text).expect("settings");
        let error = settings.check().expect_err("out of range").to_string();
        assert!(error.starts_with(&format!("{wanted} is ")), "{error}");
        assert!(error.contains("; it must be "), "{error}");
    }
    for kind in GeneratorKind::ALL.into_iter().filter(|kind| kind.is_trained()) {
        let long = GeneratorConfig::new(kind).with_epochs(usize::MAX, 10_000_000);
        assert!(long.check().is_err(), "{kind}");
    }
}

#[test]
fn error_messages() {
    let train = random_table(30, 4, 3, 1);
    let clicks = table(&[vec![0, 1], vec![0, 1]], &[1, 1]);
    let mut messages = Vec::new();
    messages.push("smotn".parse::<GeneratorKind>().expect_err("a name").to_string());
    messages.push("per_class".parse::<Conditioning>().expect_err("a name").to_string());
    let parse = |text: &str| toml::from_str::<GeneratorConfig>(text);
    messages.push(parse("generator = \"smoten\"\nk = 3").expect_err("a key").message().to_owned());
    let zero = parse("generator = \"smoten\"\nneighbours = 0").expect("settings");
    messages.push(zero.check().expect_err("out of range").to_string());
    let twice =
        parse("generator = \"uniform-item\"\nitem = \"a\"\nuser = \"a\"").expect("settings");
    messages.push(twice.check().expect_err("one field").to_string());

    let fails = |config: &GeneratorConfig, constraints: &[Vec<String>]| {
        let seed = synthctr::seed::Seed::master(1);
        let options = FitOptions::new(Way::categories(Conditioning::Joint));
        let options = options.with_constraints(constraints);
        let fitted = synthctr::generators::fit(config, options, &train, Device::Cpu, seed, &());
        fitted.err().expect("an error").to_string()
    };
    let unnamed = GeneratorConfig::new(GeneratorKind::UniformItem);
    messages.push(fails(&unnamed, &[]));
    messages.push(fails(&unnamed.clone().with_fields(Some("song"), None), &[]));
    messages.push(fails(&unnamed.with_fields(Some("item"), Some("visitor")), &[]));
    let smoten = config(GeneratorKind::Smoten);
    for groups in [
        vec![constraint(&["user", "itm"])],
        vec![constraint(&["user"])],
        vec![constraint(&["user", "user"])],
        vec![constraint(&["user", "item"]), constraint(&["c", "user"])],
    ] {
        messages.push(fails(&smoten, &groups));
    }

    let none = train.head(0);
    let error = fit(GeneratorKind::Smoten, Way::categories(Conditioning::Joint), &[], &none).err();
    messages.push(error.expect("an error").to_string());
    let fitted =
        fit(GeneratorKind::Resample, Way::categories(Conditioning::PerClass), &[], &clicks)
            .expect("a fit");
    let seed = synthctr::seed::Seed::master(1);
    messages.push(fitted.sample(0, 1, seed, &()).expect_err("no such row").to_string());
    crate::snapshots().bind(|| {
        insta::assert_snapshot!("generator_errors", messages.join("\n"));
    });
}

#[test]
fn rows_with_an_unseen_code_are_refused() {
    let train = table(&[vec![0, 1, 1], vec![0, 0, 1]], &[0, 1, 1]);
    let mut columns = train.columns().to_vec();
    columns[1][2] = train.schema().fields[1].unseen();
    let odd = synthctr::data::Table::new(train.schema().clone(), columns, vec![0, 1, 1]);
    let error =
        fit(GeneratorKind::Independent, Way::categories(Conditioning::Joint), &[], &odd).err();
    assert!(error.expect("an error").to_string().contains("unseen code of field `item`"));
}
