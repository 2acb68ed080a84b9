package io.lanewise.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DigitsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, 0",
    "10, 10",
    "5.14599765628965, 5.14600",
    "57600, 57600",
    "123456789, 123456789",
    "2.141294156439293, 2.14129",
    "-94.99084846626447, -94.9908",
    "0.25, 0.25",
    "0.1, 0.1",
    "0.00023739493218604657, 0.000237395",
    "1.7857661269483485e-05, 0.0000178577",
    "1.7857661269483485e-06, 1.78577e-6",
    "999999.96, 1000000",
    "1234567890123.0, 1.23457e12",
    "4.9e-324, 4.94066e-324",
    "NaN, NaN",
    "Infinity, ∞",
    "-Infinity, -∞",
  })
  void valueHasSixSignificantDigits(double value, String text) {
    assertThat(Digits.of(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0.10604451382007504, 0.006288372034914643, 0.1060 ± 0.0063",
    "-94.99084846626447, 0.35746936525044093, -94.99 ± 0.36",
    "0.00023739493218604657, 1.7857661269483485e-05, 0.000237 ± 0.000018",
    "12345.6, 123.4, 12350 ± 120",
    "5, 0.0996, 5.00 ± 0.10",
    "0, 0.5, 0.00 ± 0.50",
    "1.2343e-8, 2e-10, (1.234 ± 0.020)e-8",
    "1.2343e20, 2e18, (1.234 ± 0.020)e20",
    "0.001, 250, 0 ± 250",
    "2.5, 1e-17, 2.5 ± 1.0e-17",
    "0.25, 0, 0.25 ± 0",
    "0.25, NaN, 0.25",
    "0.25, Infinity, 0.25 ± ∞",
    "NaN, NaN, NaN",
    "Infinity, 1, ∞",
  })
  void valueEndsWhereItsErrorDoes(double value, double standardError, String text) {
    assertThat(Digits.of(value, standardError)).isEqualTo(text);
  }
}
