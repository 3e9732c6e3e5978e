mod film;
