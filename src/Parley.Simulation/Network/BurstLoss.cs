namespace Parley.Simulation;

/// <summary>
/// The Gilbert-Elliott model of loss that comes in bursts: a link is in a good or a bad state, and may change over with
/// each datagram. In the long run the share <c>GoodToBad / (GoodToBad + BadToGood)</c> of datagrams meets the bad state.
/// </summary>
/// <param name="GoodToBad">The probability per datagram of going from the good to the bad state.</param>
/// <param name="BadToGood">The probability per datagram of going back; its inverse is the mean length of a burst.</param>
/// <param name="LossInBad">The share lost in the bad state.</param>
/// <param name="LossInGood">The share lost in the good state.</param>
public sealed record BurstLoss(double GoodToBad, double BadToGood, double LossInBad = 1, double LossInGood = 0);
