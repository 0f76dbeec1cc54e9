namespace Parley.Ciphers.Tests;

public sealed class AesBlockCipherTests
{
    // FIPS 197, appendix C.
    [Theory]
    [InlineData("000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a")]
    [InlineData("000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", "8ea2b7ca516745bfeafc49904b496089")]
    public void Encrypt_PublishedVector_IsReproducedByEachImplementation(string key, string ciphertext)
    {
        foreach (var implementation in CipherImplementations.Supported())
        {
            using var cipher = new AesBlockCipher(Hex.Bytes(key), implementation);
            var block = Hex.Bytes("00112233445566778899aabbccddeeff");

            cipher.Encrypt(block, block);

            Assert.Equal(Hex.Bytes(ciphertext), block);
        }
    }

    [Fact]
    public void Misuse_IsAnException()
    {
        Assert.Throws<ArgumentException>(() => new AesBlockCipher(new byte[20]));
        var cipher = new AesBlockCipher(new byte[16]);
        Assert.Throws<ArgumentException>(() => cipher.Encrypt(new byte[15], new byte[16]));
        cipher.Dispose();
        Assert.Throws<ObjectDisposedException>(() => cipher.Encrypt(new byte[16], new byte[16]));
    }
}
