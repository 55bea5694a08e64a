#[ic_cdk::update] // = endpoints no entry point: test code: in a folder tests
fn test_endpoint() {}
