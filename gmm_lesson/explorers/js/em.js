// The maths of EM: names and order of operations are those of em.py, and in the plane of engine/plane.py.
// On the line an object and a mean are numbers and so is a variance; in the plane they are pairs, and a variance
// is a covariance matrix.

/** @typedef {[number, number]} Pair */
/** @typedef {[Pair, Pair]} Matrix */
/** @typedef {{weights: number[], means: any[], variances: any[]}} Mixture */

const TRACE = 1e-200; // of each object in each class, so that a class that lost its objects is not 0/0
const FARTHEST = 1e150; // sds, whose square is still a number

export const sum = (values) => values.reduce((total, value) => total + value, 0);
export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const far = (distance) => clamp(distance, -FARTHEST, FARTHEST);

/** The log-density of a Gaussian, as a function of an object. */
function logGaussian(mean, variance) {
  if (typeof mean === "number") {
    const [sd, log] = [Math.sqrt(variance), Math.log(2 * Math.PI * variance)];
    return (value) => -0.5 * (far((value - mean) / sd) ** 2 + log);
  }
  const [[a, b], [, d]] = variance; // L L', so |L^-1 (y - mu)| is the distance in sds
  const first = Math.sqrt(a);
  const below = b / first;
  const second = Math.sqrt(d - below ** 2);
  const log = Math.log(first) + Math.log(second) + Math.log(2 * Math.PI);
  return ([x, y]) => {
    const z = far((x - mean[0]) / first);
    return -0.5 * (z ** 2 + far((y - mean[1] - below * z) / second) ** 2) - log;
  };
}

/** log(weight_k N(y_i | mean_k, variance_k)): a row an object. */
export function logJoint(y, { weights, means, variances }) {
  const classes = weights.map((weight, k) => [Math.log(weight), logGaussian(means[k], variances[k])]);
  return y.map((value) => classes.map(([log, density]) => log + density(value)));
}

/** The responsibilities: a row an object, which sums to one. */
export function eStep(y, mixture) {
  return logJoint(y, mixture).map((row) => {
    const top = Math.max(...row);
    const joint = row.map((value) => Math.exp(value - top));
    const total = sum(joint);
    return joint.map((value) => value / total);
  });
}

/** N_k, and the weight, mean and variance of class k: weighted averages. */
export function average(y, r, floor, k) {
  const n = sum(r.map((row) => row[k] + TRACE));
  const share = r.map((row) => (row[k] + TRACE) / n);
  const of = (values) => sum(share.map((part, i) => part * values[i]));
  const about = { n, weight: n / y.length };
  if (typeof y[0] === "number") {
    const mean = of(y);
    return { ...about, mean, variance: Math.max(of(y.map((value) => (value - mean) ** 2)), floor) };
  }
  const mean = [0, 1].map((axis) => of(y.map((value) => value[axis])));
  const moment = (i, j) => of(y.map((value) => (value[i] - mean[i]) * (value[j] - mean[j])));
  const product = moment(0, 1);
  return {
    ...about,
    mean,
    variance: floored(
      [
        [moment(0, 0), product],
        [product, moment(1, 1)],
      ],
      floor,
    ),
  };
}

/** The mixture whose parameters are these averages. */
export function mStep(y, r, floor) {
  const classes = r[0].map((_, k) => average(y, r, floor, k));
  const all = (name) => classes.map((one) => one[name]);
  return { weights: all("weight"), means: all("mean"), variances: all("variance") };
}

/** The log-likelihood, by log-sum-exp. */
export function logLikelihood(y, mixture) {
  const logs = logJoint(y, mixture).map((row) => {
    const top = Math.max(...row);
    return top + Math.log(sum(row.map((value) => Math.exp(value - top))));
  });
  return sum(logs);
}

/** The angle of a symmetric matrix's first axis, and the variances along both: its eigenvalues. */
export function axesOf([[a, b], [, d]]) {
  const first = (a + d) / 2 + Math.hypot((a - d) / 2, b);
  return { angle: Math.atan2(2 * b, a - d) / 2, sizes: [first, (a * d - b * b) / first] };
}

/**
 * The symmetric matrix with these variances along a first axis at this angle, and across it.
 * @returns {Matrix}
 */
export function turned(angle, [first, second]) {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  const product = (first - second) * c * s;
  return [
    [first * c * c + second * s * s, product],
    [product, first * s * s + second * c * c],
  ];
}

/**
 * A matrix with its axes in other units.
 * @returns {Matrix}
 */
export function scaled([[a, b], [, d]], [across, up]) {
  return [
    [a * across * across, b * across * up],
    [b * across * up, d * up * up],
  ];
}

/** A covariance matrix with no variance below the floor's in any direction, nor flat by rounding. */
export function floored(covariance, floor) {
  const sds = floor.map(Math.sqrt);
  const units = sds.map((sd) => 1 / sd);
  const {
    angle,
    sizes: [first, second],
  } = axesOf(scaled(covariance, units));
  const least = Math.max(1, 16 * Number.EPSILON * first); // where the floor is 1
  return second >= least ? covariance : scaled(turned(angle, [Math.max(first, least), least]), sds);
}
