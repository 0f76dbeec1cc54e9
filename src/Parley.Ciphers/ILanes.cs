namespace Parley.Ciphers;

/// <summary>
/// Words of 32 bits side by side, one of each message: what SHA-1 does with them, under one name for each width. Implemented by empty
/// structs, so that the rounds over it are compiled for each width without a call.
/// </summary>
/// <typeparam name="TVector">The vector that holds the words.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>How many messages go side by side.</summary>
    static abstract int Count { get; }

    static abstract TVector Load(uint* words);

    static abstract void Store(TVector value, uint* words);

    /// <summary>The word in each lane.</summary>
    static abstract TVector Broadcast(uint word);

    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Bit by bit, without a carry.</summary>
    static abstract TVector Sum(TVector left, TVector right);

    static abstract TVector RotateLeft1(TVector value);

    static abstract TVector RotateLeft5(TVector value);

    static abstract TVector RotateLeft30(TVector value);

    /// <summary>
    /// FIPS 180-4 §4.1.1: Ch, the bits of <paramref name="y"/> where <paramref name="x"/> has ones, else those of <paramref name="z"/>.
    /// </summary>
    static abstract TVector Choose(TVector x, TVector y, TVector z);

    /// <summary>Parity: the sum of three, bit by bit.</summary>
    static abstract TVector Parity(TVector x, TVector y, TVector z);

    /// <summary>Maj: the bit that two or three have.</summary>
    static abstract TVector Majority(TVector x, TVector y, TVector z);
}
