// What a device is asked before it is trusted: known answers of Philox, the polynomials, and
// whether it can tell a number from what is none.

struct Question {
    counter: vec4<u32>,
    key: vec2<u32>,
    /// Bits of the argument of the functions, so that no driver tidies up a NaN on the way.
    argument: u32,
    padding: u32,
}

struct Answer {
    words: vec4<u32>,
    /// Bits of ln |x|, e^x, cos 2πx and sin 2πx.
    functions: vec4<u32>,
    softplus: u32,
    finite: u32,
    padding: vec2<u32>,
}

@group(0) @binding(0) var<storage, read_write> questions: array<Question>;
@group(0) @binding(1) var<storage, read_write> answers: array<Answer>;

@compute @workgroup_size(64)
fn check(@builtin(global_invocation_id) id: vec3<u32>) {
    if id.x >= arrayLength(&questions) {
        return;
    }
    let question = questions[id.x];
    let x = bitcast<f32>(question.argument);
    var answer: Answer;
    answer.words = philox4x32(question.counter, question.key);
    let circle = cos_sin_turns(x);
    answer.functions = bitcast<vec4<u32>>(vec4<f32>(ln(abs(x)), exponential(x), circle));
    answer.softplus = bitcast<u32>(softplus(x));
    answer.finite = select(0u, 1u, is_finite(x));
    answers[id.x] = answer;
}
